// Reads a component configuration from standard input as strictly as it can be read, by the types of one Kubernetes release:
// a field that the release does not have, or that is given twice, is an error.
package main

import (
	"fmt"
	"io"
	"os"

	proxy "k8s.io/kube-proxy/config/v1alpha1"
	kubelet "k8s.io/kubelet/config/v1beta1"
	"sigs.k8s.io/yaml"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err == nil {
		switch kind := os.Args[1]; kind {
		case "KubeletConfiguration":
			err = yaml.UnmarshalStrict(text, &kubelet.KubeletConfiguration{})
		case "KubeProxyConfiguration":
			err = yaml.UnmarshalStrict(text, &proxy.KubeProxyConfiguration{})
		default:
			err = fmt.Errorf("no kind: %s", kind)
		}
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
