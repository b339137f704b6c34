// Reads configurations of the API server with the API server's own code, for the tests of constructs/control-plane: one a line in, its answer a line out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/install"
	"k8s.io/apiserver/pkg/apis/apiserver/validation"
	"k8s.io/apiserver/pkg/audit/policy"
	authenticationcel "k8s.io/apiserver/pkg/authentication/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/cel/environment"
)

// The longest line that is read.
const longest = 1 << 26

// A request as test/unit/control-plane has it.
type request struct {
	User     string   `json:"user"`
	Groups   []string `json:"groups"`
	Verb     string   `json:"verb"`
	Path     string   `json:"path"`
	Resource *struct {
		Group       string `json:"group"`
		Name        string `json:"name"`
		Subresource string `json:"subresource"`
		ObjectName  string `json:"objectName"`
		Namespace   string `json:"namespace"`
	} `json:"resource"`
}

type question struct {
	// An audit policy, and the requests whose levels are asked.
	Policy   json.RawMessage `json:"policy"`
	Requests []request       `json:"requests"`
	// An AuthenticationConfiguration.
	Authentication json.RawMessage `json:"authentication"`
}

type answer struct {
	Levels []string `json:"levels,omitempty"`
	// What the API server finds wrong with it.
	Errors []string `json:"errors"`
}

func (r request) attributes() authorizer.Attributes {
	found := authorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: r.User, Groups: r.Groups}, Verb: r.Verb, Path: r.Path,
	}
	if r.Resource != nil {
		found.ResourceRequest = true
		found.APIGroup = r.Resource.Group
		found.Resource = r.Resource.Name
		found.Subresource = r.Resource.Subresource
		found.Name = r.Resource.ObjectName
		found.Namespace = r.Resource.Namespace
	}
	return found
}

func audit(asked question) answer {
	loaded, err := policy.LoadPolicyFromBytes(asked.Policy)
	if err != nil {
		return answer{Errors: []string{err.Error()}}
	}
	evaluator := policy.NewPolicyRuleEvaluator(loaded)
	found := answer{Errors: []string{}}
	for _, one := range asked.Requests {
		found.Levels = append(found.Levels, string(evaluator.EvaluatePolicyRule(one.attributes()).Level))
	}
	return found
}

func authentication(asked question, codecs serializer.CodecFactory) answer {
	object, err := runtime.Decode(codecs.UniversalDecoder(), asked.Authentication)
	if err != nil {
		return answer{Errors: []string{err.Error()}}
	}
	compiler := authenticationcel.NewCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	found := answer{Errors: []string{}}
	for _, problem := range validation.ValidateAuthenticationConfiguration(compiler, object.(*apiserver.AuthenticationConfiguration), nil) {
		found.Errors = append(found.Errors, problem.Error())
	}
	return found
}

func main() {
	scheme := runtime.NewScheme()
	install.Install(scheme)
	codecs := serializer.NewCodecFactory(scheme, serializer.EnableStrict)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longest)
	out := bufio.NewWriter(os.Stdout)
	answers := json.NewEncoder(out)
	for lines.Scan() {
		var asked question
		must(json.Unmarshal(lines.Bytes(), &asked))
		if asked.Policy != nil {
			must(answers.Encode(audit(asked)))
		} else {
			must(answers.Encode(authentication(asked, codecs)))
		}
	}
	must(lines.Err())
	must(out.Flush())
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
