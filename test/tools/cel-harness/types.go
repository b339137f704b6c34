package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

type kind struct {
	Kind       string `json:"kind"`
	APIGroup   string `json:"apiGroup"`
	APIVersion string `json:"apiVersion"`
}

// Fields by name, of types by name; policies/engine/schema/table.ts tells what the codes mean.
type table struct {
	Kinds map[string]string            `json:"kinds"`
	Types map[string]map[string]string `json:"types"`
}

func readKinds() []kind {
	var kinds []kind
	must(json.NewDecoder(os.Stdin).Decode(&kinds))
	return kinds
}

func typeTable(kinds []kind) table {
	result := table{Kinds: map[string]string{}, Types: map[string]map[string]string{}}
	for _, each := range kinds {
		version := schema.GroupVersion{Group: each.APIGroup, Version: each.APIVersion}
		object, err := legacyscheme.Scheme.New(version.WithKind(each.Kind))
		must(err)
		result.Kinds[version.String()+" "+each.Kind] = result.add(reflect.TypeOf(object).Elem())
	}
	return result
}

func (t *table) add(structure reflect.Type) string {
	name := structure.PkgPath()[strings.LastIndex(structure.PkgPath(), "k8s.io/")+len("k8s.io/"):]
	name = strings.ReplaceAll(strings.TrimPrefix(name, "api/"), "/", ".") + "." + structure.Name()
	if _, known := t.Types[name]; !known {
		t.Types[name] = map[string]string{}
		t.fields(structure, t.Types[name])
	}
	return name
}

func (t *table) fields(structure reflect.Type, fields map[string]string) {
	for i := range structure.NumField() {
		field := structure.Field(i)
		tag := strings.Split(field.Tag.Get("json"), ",")
		if tag[0] == "-" {
			continue
		}
		if tag[0] == "" {
			t.fields(field.Type, fields)
			continue
		}
		fields[tag[0]] = presence(field.Type, tag[1:]) + t.code(field.Type)
	}
}

// Go's omitempty never leaves out a struct; omitzero does.
func presence(of reflect.Type, options []string) string {
	for _, option := range options {
		if option == "omitzero" || (option == "omitempty" && of.Kind() != reflect.Struct) {
			return "?"
		}
	}
	return "!"
}

func (t *table) code(of reflect.Type) string {
	switch of {
	case reflect.TypeFor[resource.Quantity]():
		return "q"
	case reflect.TypeFor[intstr.IntOrString]():
		return "x"
	case reflect.TypeFor[metav1.Time](), reflect.TypeFor[metav1.MicroTime]():
		return "t"
	case reflect.TypeFor[metav1.FieldsV1](), reflect.TypeFor[runtime.RawExtension]():
		return "d"
	}
	switch of.Kind() {
	case reflect.Pointer:
		return "*" + t.code(of.Elem())
	case reflect.Slice:
		if of.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		return "[" + t.code(of.Elem())
	case reflect.Map:
		return "{" + t.code(of.Elem())
	case reflect.Struct:
		return t.add(of)
	case reflect.Bool:
		return "b"
	case reflect.Int32:
		return "i"
	case reflect.Int64:
		return "l"
	case reflect.String:
		return "s"
	}
	panic("no code for " + of.String())
}
