package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	celgo "github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	plugin "k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	apiservercel "k8s.io/apiserver/pkg/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// Far above what any expression may cost, so that the limit of one call is what ends it.
const budget = 1 << 40

type variable struct {
	Name       string `json:"name"`
	Expression string `json:"expression"`
}

type question struct {
	Object      json.RawMessage `json:"object"`
	Variables   []variable      `json:"variables"`
	Expressions []string        `json:"expressions"`
}

type result struct {
	Value string `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
	// Whether the expression was refused before it met an object.
	Refused bool  `json:"refused,omitempty"`
	Cost    int64 `json:"cost"`
}

type answers struct {
	// The object as expressions see it; empty where it cannot be decoded.
	Decoded string   `json:"decoded,omitempty"`
	Error   string   `json:"error,omitempty"`
	Results []result `json:"results"`
}

type accessor struct{ variable }

func (a accessor) GetName() string            { return a.Name }
func (a accessor) GetExpression() string      { return a.Expression }
func (a accessor) ReturnTypes() []*celgo.Type { return []*celgo.Type{celgo.AnyType, celgo.DynType} }

var environmentSet = environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())

func answer(asked question) answers {
	object, err := decode(asked.Object)
	if err != nil {
		return answers{Error: err.Error()}
	}
	lazy := admission.NewLazyObject(object)
	//nolint:staticcheck // what ValidatingAdmissionPolicy sets
	lazy.UseSchemalessTypeRef = true
	value, err := lazy.CELValue()
	must(err)
	found := answers{Decoded: canonical(value)}
	for _, expression := range asked.Expressions {
		found.Results = append(found.Results, evaluate(object, asked.Variables, expression))
	}
	return found
}

func decode(text []byte) (runtime.Object, error) {
	object, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(text, nil, nil)
	if runtime.IsNotRegisteredError(err) {
		unknown := &unstructured.Unstructured{}
		return unknown, unknown.UnmarshalJSON(text)
	}
	if err == nil {
		legacyscheme.Scheme.Default(object)
	}
	return object, err
}

type evaluator struct {
	compiler   *plugin.CompositedCompiler
	err        error
	conditions map[string]plugin.ConditionEvaluator
}

// By their variables: to make one takes longer than all the rest.
var evaluators = map[string]*evaluator{}

func evaluatorFor(variables []variable) *evaluator {
	key, err := json.Marshal(variables)
	must(err)
	known, found := evaluators[string(key)]
	if found {
		return known
	}
	made := &evaluator{conditions: map[string]plugin.ConditionEvaluator{}}
	evaluators[string(key)] = made
	made.compiler, err = plugin.NewCompositedCompiler(environmentSet)
	must(err)
	for _, each := range variables {
		if result := made.compiler.CompileAndStoreVariable(accessor{each}, options, environment.StoredExpressions); result.Error != nil {
			made.err = fmt.Errorf("variable %s: %v", each.Name, result.Error)
		}
	}
	return made
}

var options = plugin.OptionalVariableDeclarations{}

func (e *evaluator) condition(expression string) plugin.ConditionEvaluator {
	if known, found := e.conditions[expression]; found {
		return known
	}
	made := e.compiler.CompileCondition([]plugin.ExpressionAccessor{accessor{variable{Expression: expression}}}, options, environment.StoredExpressions)
	e.conditions[expression] = made
	return made
}

func evaluate(object runtime.Object, variables []variable, expression string) result {
	evaluator := evaluatorFor(variables)
	if evaluator.err != nil {
		return result{Error: evaluator.err.Error(), Refused: true}
	}
	condition := evaluator.condition(expression)
	if wrong := condition.CompilationErrors(); len(wrong) > 0 {
		return result{Error: wrong[0].Error(), Refused: true}
	}
	versioned := attributes(object)
	found, left, err := condition.ForInput(context.Background(), versioned, plugin.CreateAdmissionRequest(versioned.Attributes, metav1.GroupVersionResource{}, metav1.GroupVersionKind{}), plugin.OptionalVariableBindings{}, nil, budget)
	if err != nil {
		return result{Error: err.Error(), Cost: -1}
	}
	if found[0].Error != nil {
		return result{Error: found[0].Error.Error(), Cost: budget - left}
	}
	return result{Value: canonical(found[0].EvalResult), Cost: budget - left}
}

func attributes(object runtime.Object) *admission.VersionedAttributes {
	kind := object.GetObjectKind().GroupVersionKind()
	record := admission.NewAttributesRecord(object, nil, kind, "default", "example", schema.GroupVersionResource{}, "", admission.Create, &metav1.CreateOptions{}, false, &user.DefaultInfo{})
	return &admission.VersionedAttributes{Attributes: record, VersionedKind: kind, VersionedObject: admission.NewLazyObject(object)}
}

// One text for each value, the same that the tests write.
func canonical(value ref.Val) string {
	switch typed := value.(type) {
	case types.Null:
		return "null"
	case types.Bool:
		return strconv.FormatBool(bool(typed))
	case types.Int:
		return strconv.FormatInt(int64(typed), 10)
	case types.Uint:
		return strconv.FormatUint(uint64(typed), 10) + "u"
	case types.Double:
		return "d" + strconv.FormatFloat(float64(typed), 'e', -1, 64)
	case types.String:
		return quoted(string(typed))
	case types.Bytes:
		return fmt.Sprintf("b%x", []byte(typed))
	case types.Timestamp:
		return fmt.Sprintf("t%d.%d", typed.Unix(), typed.Nanosecond())
	case types.Duration:
		return fmt.Sprintf("D%d", typed.Nanoseconds())
	case *types.Type:
		return "type " + typed.TypeName()
	case apiservercel.Quantity:
		return "quantity " + typed.String()
	case apiservercel.IP:
		return "ip " + typed.String()
	case apiservercel.CIDR:
		return "cidr " + typed.String()
	case traits.Lister:
		var elements []string
		for it := typed.Iterator(); it.HasNext() == types.True; {
			elements = append(elements, canonical(it.Next()))
		}
		return "[" + strings.Join(elements, ",") + "]"
	case traits.Mapper:
		var entries []string
		for it := typed.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			entries = append(entries, canonical(key)+":"+canonical(typed.Get(key)))
		}
		sort.Strings(entries)
		return "{" + strings.Join(entries, ",") + "}"
	}
	return fmt.Sprintf("%s %v", value.Type().TypeName(), value)
}

func quoted(text string) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	must(encoder.Encode(text))
	return strings.TrimSpace(out.String())
}
