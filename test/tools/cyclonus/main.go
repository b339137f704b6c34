// Judges traffic with the policy matcher of cyclonus, for the tests of reachability/: one cluster a line in, its verdicts a line out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// The longest line that is read.
const longest = 1 << 26

// A pod in one family of its addresses, or an address outside of pods.
type end struct {
	IP string `json:"ip"`
	// Absent for an address outside of pods.
	Namespace       string            `json:"namespace"`
	NamespaceLabels map[string]string `json:"namespaceLabels"`
	PodLabels       map[string]string `json:"podLabels"`
}

// What one end sends another, by their places in the list of ends.
type packet struct {
	From     int             `json:"from"`
	To       int             `json:"to"`
	Protocol corev1.Protocol `json:"protocol"`
	Port     int             `json:"port"`
	// What the destination calls the port.
	PortName string `json:"portName"`
}

type question struct {
	Policies []*networkingv1.NetworkPolicy `json:"policies"`
	Ends     []end                         `json:"ends"`
	Packets  []packet                      `json:"packets"`
}

type answer struct {
	Allowed []bool `json:"allowed"`
	// Why there are no verdicts: the matcher panics over what it does not take.
	Error string `json:"error,omitempty"`
}

func (e end) peer() *matcher.TrafficPeer {
	if e.Namespace == "" {
		return &matcher.TrafficPeer{IP: e.IP}
	}
	return &matcher.TrafficPeer{IP: e.IP, Internal: &matcher.InternalPeer{
		Namespace:       e.Namespace,
		NamespaceLabels: e.NamespaceLabels,
		PodLabels:       e.PodLabels,
	}}
}

func judge(asked question) (found answer) {
	defer func() {
		if reason := recover(); reason != nil {
			found = answer{Error: fmt.Sprint(reason)}
		}
	}()
	policy := matcher.BuildNetworkPolicies(false, asked.Policies)
	for _, one := range asked.Packets {
		traffic := &matcher.Traffic{
			Source:           asked.Ends[one.From].peer(),
			Destination:      asked.Ends[one.To].peer(),
			ResolvedPort:     one.Port,
			ResolvedPortName: one.PortName,
			Protocol:         one.Protocol,
		}
		found.Allowed = append(found.Allowed, policy.IsTrafficAllowed(traffic).IsAllowed())
	}
	return found
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longest)
	out := bufio.NewWriter(os.Stdout)
	answers := json.NewEncoder(out)
	for lines.Scan() {
		var asked question
		must(json.Unmarshal(lines.Bytes(), &asked))
		must(answers.Encode(judge(asked)))
	}
	must(lines.Err())
	must(out.Flush())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
