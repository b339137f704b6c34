// Reads a configuration for Ignition from standard input as Ignition itself would, and prints what it has to say.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/coreos/ignition/v2/config"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	_, report, err := config.Parse(text)
	if len(report.Entries) > 0 {
		fmt.Print(report.String())
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
