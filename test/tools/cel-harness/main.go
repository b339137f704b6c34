// Evaluates CEL over objects with the code of the API server: the reference that policies/engine is compared with.
//
//	cel-harness types < kinds.json   the types of the kinds, as policies/engine/schema holds them
//	cel-harness eval                 one answer for each line of standard input
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	aggregator "k8s.io/kube-aggregator/pkg/apis/apiregistration/install"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/admissionregistration/install"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
)

func main() {
	aggregator.Install(legacyscheme.Scheme)
	if len(os.Args) == 2 && os.Args[1] == "types" {
		write(typeTable(readKinds()))
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var asked question
		must(json.Unmarshal(lines.Bytes(), &asked))
		write(answer(asked))
	}
	must(lines.Err())
}

func write(value any) {
	text, err := json.Marshal(value)
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
