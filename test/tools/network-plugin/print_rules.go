package main

import (
	"encoding/json"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// printRules writes the ruleset for a cluster that is given as JSON, for the tests of this tool: no API server is asked, and nothing
// is loaded.
func printRules(in io.Reader, out io.Writer) error {
	var given struct {
		Node       string
		Pods       []*corev1.Pod
		Nodes      []*corev1.Node
		Namespaces []*corev1.Namespace
		Policies   []*networkingv1.NetworkPolicy
	}
	if err := json.NewDecoder(in).Decode(&given); err != nil {
		return err
	}
	_, err := fmt.Fprint(out, ruleset(state{given.Node, given.Pods, given.Nodes, given.Namespaces, given.Policies}))
	return err
}
