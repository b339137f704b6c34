import { PINS } from '../../../toolchain/pins';
import { buildGo } from '../go-build';

/**
 * A program of a node that only tests need, of the same release as the control plane's.
 *
 * @param name for example `kubeadm`
 * @returns the path of the executable
 */
export function kubernetesTool(name: 'kubeadm' | 'kubelet' | 'kube-proxy'): string {
  const { version, build } = PINS.find((pin) => pin.name === 'kube-apiserver')!;
  return buildGo(__dirname, `${name}-${version}`, `k8s.io/kubernetes/cmd/${name}`, build.ldflags);
}
