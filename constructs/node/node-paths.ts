/** Where things are on a node. They are those of kubeadm and of Debian's packages. */
export const NODE_PATHS = {
  /** What kubeadm writes for the kubelet from the ConfigMap `kubelet-config`. */
  kubeletConfig: '/var/lib/kubelet/config.yaml',
  /** Files here are laid over the kubelet's configuration: who may change that ConfigMap cannot weaken a node. */
  kubeletDropins: '/etc/kubernetes/kubelet.conf.d',
  kubeletKubeconfig: '/etc/kubernetes/kubelet.conf',
  kubeletBootstrapKubeconfig: '/etc/kubernetes/bootstrap-kubelet.conf',
  kubeletState: '/var/lib/kubelet',
  kubeProxyConfig: '/var/lib/kube-proxy/config.conf',
  kubeProxyKubeconfig: '/var/lib/kube-proxy/kubeconfig.conf',
  kubernetes: '/etc/kubernetes',
  pki: '/etc/kubernetes/pki',
  clientCa: '/etc/kubernetes/pki/ca.crt',
  manifests: '/etc/kubernetes/manifests',
  volumePlugins: '/var/lib/kubelet/volume-plugins',
  etcdData: '/var/lib/etcd',
  cniConfiguration: '/etc/cni/net.d',
  cniState: '/var/lib/cni',
  containerdConfig: '/etc/containerd/config.toml',
  containerdSocket: '/run/containerd/containerd.sock',
  registryHosts: '/etc/containerd/certs.d',
  firewall: '/etc/keelson/firewall.nft',
  units: '/etc/systemd/system',
} as const;
