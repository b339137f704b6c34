package main

import (
	"fmt"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

const table = "inet test_network_plugin"

// ruleset is one table, which replaces itself: connections that were let through go on, a pod of this node is judged by its policies in
// both directions, and one that is not known is shut off.
func ruleset(s state) string {
	live := []*corev1.Pod{}
	for _, pod := range s.pods {
		done := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
		if len(pod.Status.PodIPs) > 0 && !pod.Spec.HostNetwork && !done {
			live = append(live, pod)
		}
	}
	sort.Slice(live, func(i, j int) bool { return live[i].Namespace+"/"+live[i].Name < live[j].Namespace+"/"+live[j].Name })
	view := view{live: live, namespaces: map[string]labels.Set{}, policies: s.policies}
	for _, namespace := range s.namespaces {
		view.namespaces[namespace.Name] = namespace.Labels
	}
	var chains, ingress, egress strings.Builder
	known := map[string][]string{}
	number := 0
	for _, pod := range live {
		if pod.Spec.NodeName != s.node {
			continue
		}
		number++
		for _, ip := range addresses(pod) {
			known[family(ip)] = append(known[family(ip)], ip)
		}
		for direction, jumps := range map[networkingv1.PolicyType]*strings.Builder{networkingv1.PolicyTypeIngress: &ingress, networkingv1.PolicyTypeEgress: &egress} {
			rules, isolated := view.rulesOf(pod, direction)
			if !isolated {
				continue
			}
			chain := fmt.Sprintf("%s_%d", strings.ToLower(string(direction)), number)
			fmt.Fprintf(&chains, "  chain %s {\n", chain)
			for _, rule := range rules {
				fmt.Fprintf(&chains, "    %s return\n", rule)
			}
			chains.WriteString("    counter drop\n  }\n")
			end := "daddr"
			if direction == networkingv1.PolicyTypeEgress {
				end = "saddr"
			}
			for _, ip := range addresses(pod) {
				fmt.Fprintf(jumps, "    %s %s %s jump %s\n", family(ip), end, ip, chain)
			}
		}
	}
	var strangers strings.Builder
	for _, cidr := range s.localRanges() {
		f := family(cidr)
		for _, end := range []string{"saddr", "daddr"} {
			if len(known[f]) == 0 {
				fmt.Fprintf(&strangers, "    %s %s %s counter drop\n", f, end, cidr)
			} else {
				fmt.Fprintf(&strangers, "    %s %s %s %s %s != { %s } counter drop\n", f, end, cidr, f, end, strings.Join(known[f], ", "))
			}
		}
	}
	established := "    ct state established,related accept\n"
	return "table " + table + " {}\ndelete table " + table + "\ntable " + table + " {\n" + sorted(chains.String()) +
		"  chain forward {\n    type filter hook forward priority filter; policy accept;\n" + established + strangers.String() + lines(egress.String()) + lines(ingress.String()) + "  }\n" +
		// What a pod sends to its own node is not forwarded.
		"  chain input {\n    type filter hook input priority filter; policy accept;\n" + established + lines(egress.String()) + "  }\n}\n"
}

// The order of maps is no order: the same state gives the same text.
func lines(text string) string {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	sort.Strings(all)
	if len(all) == 1 && all[0] == "" {
		return ""
	}
	return strings.Join(all, "\n") + "\n"
}

func sorted(chains string) string {
	if chains == "" {
		return ""
	}
	all := strings.SplitAfter(chains, "  }\n")
	sort.Strings(all)
	return strings.Join(all, "")
}

type view struct {
	live       []*corev1.Pod
	namespaces map[string]labels.Set
	policies   []*networkingv1.NetworkPolicy
}

// A peer: an expression of nft with %s for saddr or daddr, and the pod it stands for, if it is one.
type peer struct {
	match string
	pod   *corev1.Pod
}

func (v view) rulesOf(pod *corev1.Pod, direction networkingv1.PolicyType) ([]string, bool) {
	isolated := false
	rules := []string{}
	add := func(namespace string, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) {
		end := "saddr"
		if direction == networkingv1.PolicyTypeEgress {
			end = "daddr"
		}
		everybody := len(peers) == 0
		ends := v.peersOf(namespace, peers)
		if everybody {
			ends = []peer{{match: "meta nfproto { ipv4, ipv6 }"}}
			if hasNamed(ports) && direction == networkingv1.PolicyTypeEgress {
				// A named port is another number for each pod.
				for _, other := range v.live {
					ends = append(ends, peersOfPod(other)...)
				}
			}
		}
		for _, one := range ends {
			target := pod
			if direction == networkingv1.PolicyTypeEgress {
				target = one.pod
			}
			for _, port := range portsOf(ports, target) {
				rules = append(rules, strings.TrimSpace(strings.ReplaceAll(one.match, "%s", end)+" "+port))
			}
		}
	}
	for _, policy := range v.policies {
		if policy.Namespace != pod.Namespace || !selects(&policy.Spec.PodSelector, pod.Labels) || !appliesTo(policy, direction) {
			continue
		}
		isolated = true
		if direction == networkingv1.PolicyTypeIngress {
			for _, rule := range policy.Spec.Ingress {
				add(policy.Namespace, rule.From, rule.Ports)
			}
		} else {
			for _, rule := range policy.Spec.Egress {
				add(policy.Namespace, rule.To, rule.Ports)
			}
		}
	}
	sort.Strings(rules)
	return rules, isolated
}

func appliesTo(policy *networkingv1.NetworkPolicy, direction networkingv1.PolicyType) bool {
	for _, kind := range policy.Spec.PolicyTypes {
		if kind == direction {
			return true
		}
	}
	return false
}

func (v view) peersOf(own string, peers []networkingv1.NetworkPolicyPeer) []peer {
	found := []peer{}
	for _, one := range peers {
		if one.IPBlock != nil {
			f := family(one.IPBlock.CIDR)
			match := fmt.Sprintf("%s %%s %s", f, one.IPBlock.CIDR)
			if len(one.IPBlock.Except) > 0 {
				match += fmt.Sprintf(" %s %%s != { %s }", f, strings.Join(one.IPBlock.Except, ", "))
			}
			found = append(found, peer{match: match})
			continue
		}
		for _, pod := range v.live {
			inNamespace := pod.Namespace == own
			if one.NamespaceSelector != nil {
				inNamespace = selects(one.NamespaceSelector, v.namespaces[pod.Namespace])
			}
			if inNamespace && (one.PodSelector == nil || selects(one.PodSelector, pod.Labels)) {
				found = append(found, peersOfPod(pod)...)
			}
		}
	}
	return found
}

func peersOfPod(pod *corev1.Pod) []peer {
	found := []peer{}
	for _, ip := range addresses(pod) {
		found = append(found, peer{match: fmt.Sprintf("%s %%s %s", family(ip), ip), pod: pod})
	}
	return found
}

func hasNamed(ports []networkingv1.NetworkPolicyPort) bool {
	for _, port := range ports {
		if port.Port != nil && port.Port.Type == intstr.String {
			return true
		}
	}
	return false
}

// portsOf gives matches of ports; a name is that of a port of the pod that is reached, and matches nothing where there is none.
func portsOf(ports []networkingv1.NetworkPolicyPort, target *corev1.Pod) []string {
	if len(ports) == 0 {
		return []string{""}
	}
	found := []string{}
	for _, port := range ports {
		protocol := corev1.ProtocolTCP
		if port.Protocol != nil {
			protocol = *port.Protocol
		}
		name := strings.ToLower(string(protocol))
		switch {
		case port.Port == nil:
			found = append(found, "meta l4proto "+name)
		case port.Port.Type == intstr.String:
			for _, number := range namedPort(target, port.Port.StrVal, protocol) {
				found = append(found, fmt.Sprintf("%s dport %d", name, number))
			}
		case port.EndPort != nil:
			found = append(found, fmt.Sprintf("%s dport %d-%d", name, port.Port.IntVal, *port.EndPort))
		default:
			found = append(found, fmt.Sprintf("%s dport %d", name, port.Port.IntVal))
		}
	}
	return found
}

func namedPort(pod *corev1.Pod, name string, protocol corev1.Protocol) []int32 {
	found := []int32{}
	if pod == nil {
		return found
	}
	for _, container := range append(append([]corev1.Container{}, pod.Spec.InitContainers...), pod.Spec.Containers...) {
		for _, port := range container.Ports {
			if port.Name == name && (port.Protocol == protocol || port.Protocol == "" && protocol == corev1.ProtocolTCP) {
				found = append(found, port.ContainerPort)
			}
		}
	}
	return found
}

func selects(selector *metav1.LabelSelector, set labels.Set) bool {
	compiled, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && compiled.Matches(set)
}

func addresses(pod *corev1.Pod) []string {
	found := []string{}
	for _, ip := range pod.Status.PodIPs {
		found = append(found, ip.IP)
	}
	return found
}

func family(address string) string {
	if strings.Contains(address, ":") {
		return "ip6"
	}
	return "ip"
}
