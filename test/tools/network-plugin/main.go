// A network plugin FOR TESTS, and for nothing else: routes between nodes of one network, and NetworkPolicy by nftables. It shows that
// policies hold in a real kernel; it is no product, and no proof that another plugin does the same.
//
// It fails closed: a pod of this node that it does not know yet reaches nothing and is reached by nobody but its node, and the node
// gets its CNI configuration only once the rules are in the kernel.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

const configuration = "/etc/cni/net.d/10-test-network-plugin.conflist"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "rules" {
		if err := printRules(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "test network plugin:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(context.Background(), os.Getenv("NODE_NAME")); err != nil {
		fmt.Fprintln(os.Stderr, "test network plugin:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, node string) error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 10*time.Minute)
	pods, nodes := factory.Core().V1().Pods(), factory.Core().V1().Nodes()
	namespaces, policies := factory.Core().V1().Namespaces(), factory.Networking().V1().NetworkPolicies()
	changed := make(chan struct{}, 1)
	changed <- struct{}{}
	tell := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { tell() },
		UpdateFunc: func(any, any) { tell() },
		DeleteFunc: func(any) { tell() },
	}
	for _, informer := range []cache.SharedIndexInformer{pods.Informer(), nodes.Informer(), namespaces.Informer(), policies.Informer()} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	last := ""
	for range changed {
		seen := state{node: node}
		seen.pods, _ = pods.Lister().List(labels.Everything())
		seen.nodes, _ = nodes.Lister().List(labels.Everything())
		seen.namespaces, _ = namespaces.Lister().List(labels.Everything())
		seen.policies, _ = policies.Lister().List(labels.Everything())
		ranges := seen.localRanges()
		if len(ranges) == 0 {
			continue // the controller manager gives them
		}
		rules := ruleset(seen)
		if rules == last {
			continue
		}
		if err := apply(seen, rules); err != nil {
			fmt.Fprintln(os.Stderr, "test network plugin:", err)
			time.Sleep(time.Second)
			tell()
			continue
		}
		if err := writeConfiguration(ranges); err != nil {
			return err
		}
		last = rules
		fmt.Printf("test network plugin: %d pods, %d policies\n", len(seen.pods), len(seen.policies))
	}
	return nil
}

// What the API server says.
type state struct {
	node       string
	pods       []*corev1.Pod
	nodes      []*corev1.Node
	namespaces []*corev1.Namespace
	policies   []*networkingv1.NetworkPolicy
}

func (s state) localRanges() []string {
	for _, node := range s.nodes {
		if node.Name == s.node {
			return node.Spec.PodCIDRs
		}
	}
	return nil
}

func apply(s state, rules string) error {
	for _, node := range s.nodes {
		if node.Name == s.node {
			continue
		}
		for _, address := range node.Status.Addresses {
			if address.Type != corev1.NodeInternalIP {
				continue
			}
			for _, cidr := range node.Spec.PodCIDRs {
				if strings.Contains(cidr, ":") != strings.Contains(address.Address, ":") {
					continue
				}
				if err := command("", "ip", "route", "replace", cidr, "via", address.Address); err != nil {
					return err
				}
			}
		}
	}
	return command(rules, "nft", "-f", "-")
}

func command(input, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// The configuration appears as a whole, and is root's alone.
func writeConfiguration(ranges []string) error {
	type object = map[string]any
	subnets := [][]object{}
	routes := []object{}
	for _, cidr := range ranges {
		subnets = append(subnets, []object{{"subnet": cidr}})
		route := "0.0.0.0/0"
		if strings.Contains(cidr, ":") {
			route = "::/0"
		}
		routes = append(routes, object{"dst": route})
	}
	text, err := json.Marshal(object{
		"cniVersion": "1.0.0",
		"name":       "test-network-plugin",
		"plugins": []object{
			{"type": "ptp", "ipMasq": false, "ipam": object{"type": "host-local", "dataDir": "/run/test-network-plugin", "ranges": subnets, "routes": routes}},
			{"type": "portmap", "capabilities": object{"portMappings": true}},
		},
	})
	if err != nil {
		return err
	}
	if before, err := os.ReadFile(configuration); err == nil && string(before) == string(text) {
		return nil
	}
	beside := configuration + ".new"
	if err := os.WriteFile(beside, text, 0o600); err != nil {
		return err
	}
	return os.Rename(beside, configuration)
}
