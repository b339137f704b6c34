// The Pulumi provider for Kubernetes, served by the provider's own package. The schema documents stay empty: they are
// only read by tools that generate SDKs.
package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// version is set by the linker to the version that toolchain/pins.ts names.
var version = "0.0.0-dev"

func main() {
	if len(os.Args) == 2 && os.Args[1] == "-version" {
		fmt.Println(version)
		return
	}
	provider.Serve("kubernetes", version, []byte("{}"), []byte("{}"))
}
