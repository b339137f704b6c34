// Writes, as JSON, the flags that the components of one Kubernetes release know, and the fields of its configuration
// files. It is built against the modules of that release by write.ts.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strings"

	"github.com/spf13/pflag"
	apiserver "k8s.io/apiserver/pkg/apis/apiserver/v1"
	audit "k8s.io/apiserver/pkg/apis/audit/v1"
	ccmnames "k8s.io/cloud-provider/names"
	ccm "k8s.io/cloud-provider/options"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/cli/globalflag"
	proxyconfig "k8s.io/kube-proxy/config/v1alpha1"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"
	podsecurity "k8s.io/pod-security-admission/admission/api/v1"

	kas "k8s.io/kubernetes/cmd/kube-apiserver/app"
	kcm "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/v1beta4"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app/options"
	eventratelimit "k8s.io/kubernetes/plugin/pkg/admission/eventratelimit/apis/eventratelimit/v1alpha1"
)

type table struct {
	Flags  map[string][]string `json:"flags"`
	Fields map[string][]string `json:"fields"`
}

func main() {
	out := table{Flags: map[string][]string{}, Fields: map[string][]string{}}
	out.Flags["kube-apiserver"] = names(kas.NewAPIServerCommand().Flags())
	out.Flags["kube-controller-manager"] = names(kcm.NewControllerManagerCommand().Flags())
	out.Flags["kube-scheduler"] = names(scheduler.NewSchedulerCommand().Flags())
	out.Flags["kube-proxy"] = names(proxy.NewProxyCommand().Flags())
	out.Flags["kubelet"] = names(kubeletFlags())
	out.Flags["cloud-controller-manager"] = names(cloudFlags())

	out.field("kubelet.config.k8s.io/v1beta1/KubeletConfiguration", kubeletconfig.KubeletConfiguration{})
	out.field("kubeproxy.config.k8s.io/v1alpha1/KubeProxyConfiguration", proxyconfig.KubeProxyConfiguration{})
	out.field("kubeadm.k8s.io/v1beta4/InitConfiguration", kubeadm.InitConfiguration{})
	out.field("kubeadm.k8s.io/v1beta4/ClusterConfiguration", kubeadm.ClusterConfiguration{})
	out.field("kubeadm.k8s.io/v1beta4/JoinConfiguration", kubeadm.JoinConfiguration{})
	out.field("apiserver.config.k8s.io/v1/AdmissionConfiguration", apiserver.AdmissionConfiguration{})
	out.field("apiserver.config.k8s.io/v1/AuthenticationConfiguration", apiserver.AuthenticationConfiguration{})
	out.field("apiserver.config.k8s.io/v1/AuthorizationConfiguration", apiserver.AuthorizationConfiguration{})
	out.field("apiserver.config.k8s.io/v1/EncryptionConfiguration", apiserver.EncryptionConfiguration{})
	out.field("audit.k8s.io/v1/Policy", audit.Policy{})
	out.field("pod-security.admission.config.k8s.io/v1/PodSecurityConfiguration", podsecurity.PodSecurityConfiguration{})
	out.field("eventratelimit.admission.k8s.io/v1alpha1/Configuration", eventratelimit.Configuration{})

	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
}

func kubeletFlags() *pflag.FlagSet {
	fs := pflag.NewFlagSet("kubelet", pflag.ContinueOnError)
	config, err := kubelet.NewKubeletConfiguration()
	if err != nil {
		panic(err)
	}
	kubelet.NewKubeletFlags().AddFlags(fs)
	kubelet.AddKubeletConfigFlags(fs, config)
	kubelet.AddGlobalFlags(fs)
	return fs
}

func cloudFlags() *pflag.FlagSet {
	options, err := ccm.NewCloudControllerManagerOptions()
	if err != nil {
		panic(err)
	}
	var none []string
	sets := options.Flags(none, none, ccmnames.CCMControllerAliases(), none, none)
	return all(&sets, "cloud-controller-manager")
}

func all(sets *cliflag.NamedFlagSets, name string) *pflag.FlagSet {
	globalflag.AddGlobalFlags(sets.FlagSet("global"), name)
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	for _, set := range sets.FlagSets {
		fs.AddFlagSet(set)
	}
	return fs
}

func names(fs *pflag.FlagSet) []string {
	found := []string{}
	fs.VisitAll(func(flag *pflag.Flag) { found = append(found, flag.Name) })
	sort.Strings(found)
	return found
}

func (t *table) field(name string, value any) {
	found := map[string]bool{}
	walk(reflect.TypeOf(value), "", found)
	list := []string{}
	for path := range found {
		list = append(list, path)
	}
	sort.Strings(list)
	t.Fields[name] = list
}

// What has fields of its own in JSON; what marshals itself (durations, quantities, times) is a value.
func walk(of reflect.Type, path string, found map[string]bool) {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() == reflect.Slice && of.Elem().Kind() != reflect.Uint8 {
		walk(of.Elem(), path+"[]", found)
		return
	}
	marshaler := reflect.TypeFor[json.Marshaler]()
	if of.Kind() != reflect.Struct || of.Implements(marshaler) || reflect.PointerTo(of).Implements(marshaler) {
		return
	}
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if name == "" {
			walk(field.Type, path, found)
			continue
		}
		below := name
		if path != "" {
			below = path + "." + name
		}
		// A type that holds itself would never end.
		if strings.Count(below, ".") > 12 {
			continue
		}
		found[below] = true
		walk(field.Type, below, found)
	}
}
