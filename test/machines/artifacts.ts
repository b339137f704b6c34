import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { resolveTools } from '../../toolchain';
import { debianPackages } from '../tools/debian/debian';
import { buildGo } from '../tools/go-build';
import { kubernetesTool } from '../tools/kubernetes/kubernetes';

const TOOLS = join(__dirname, '..', 'tools');

/** Smaller, and without what only a debugger reads. */
const STRIPPED = '-s -w';

/** The tags of containerd's programs: no file systems that machines do not use. */
const CONTAINERD = ['-tags=osusergo,netgo,static_build,no_btrfs,no_devmapper,no_zfs'];

/** What is built for the machines, by its path there or by its name: files here. */
export interface NodePrograms {
  /** Programs of the machines, by their path there. */
  readonly onMachines: Readonly<Record<string, string>>;
  /** Programs that images are made of, by their name. */
  readonly inImages: Readonly<Record<string, string>>;
}

/** Builds, through the Go module proxy, everything that machines run; what was built before is taken from the cache. */
export async function nodePrograms(): Promise<NodePrograms> {
  const tools = await resolveTools([
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'etcd',
    'kubectl',
  ]);
  const containerd = (name: string): string =>
    buildGo(
      join(TOOLS, 'containerd'),
      `node-${name}`,
      `github.com/containerd/containerd/v2/cmd/${name}`,
      STRIPPED,
      CONTAINERD,
    );
  const cni = (name: string): string =>
    buildGo(
      join(TOOLS, 'cni'),
      `cni-${name.split('/')[1]!}`,
      `github.com/containernetworking/plugins/plugins/${name}`,
      STRIPPED,
    );
  return {
    onMachines: {
      '/usr/local/bin/kubelet': kubernetesTool('kubelet'),
      '/usr/local/bin/kubeadm': kubernetesTool('kubeadm'),
      '/usr/local/bin/kubectl': tools.kubectl.path,
      '/usr/local/bin/containerd': containerd('containerd'),
      '/usr/local/bin/containerd-shim-runc-v2': containerd('containerd-shim-runc-v2'),
      '/usr/local/bin/ctr': containerd('ctr'),
      '/usr/local/bin/runc': runc(),
      '/opt/cni/bin/loopback': cni('main/loopback'),
      '/opt/cni/bin/ptp': cni('main/ptp'),
      '/opt/cni/bin/host-local': cni('ipam/host-local'),
      '/opt/cni/bin/portmap': cni('meta/portmap'),
    },
    inImages: {
      'kube-apiserver': tools['kube-apiserver'].path,
      'kube-controller-manager': tools['kube-controller-manager'].path,
      'kube-scheduler': tools['kube-scheduler'].path,
      'kube-proxy': kubernetesTool('kube-proxy'),
      etcd: tools.etcd.path,
      etcdctl: buildGo(join(TOOLS, 'etcdctl'), 'etcdctl', 'go.etcd.io/etcd/etcdctl/v3', STRIPPED),
      coredns: buildGo(join(TOOLS, 'coredns'), 'coredns', 'github.com/coredns/coredns', STRIPPED),
      pause: buildGo(join(TOOLS, 'pause'), 'pause', '.', STRIPPED),
    },
  };
}

/** runc with seccomp, which needs the headers of a C library; Debian's own is too old for user namespaces of pods. */
function runc(): string {
  const headers = debianPackages(['libseccomp-dev']);
  if ('reason' in headers) throw new Error(headers.reason);
  const lib = join(headers.root, 'usr/lib/x86_64-linux-gnu');
  return buildGo(
    join(TOOLS, 'runc'),
    'runc',
    'github.com/opencontainers/runc',
    `${STRIPPED} -linkmode external -extldflags -static -X main.version=1.4.0`,
    ['-tags=seccomp,osusergo,netgo'],
    {
      CGO_ENABLED: '1',
      CGO_CFLAGS: `-I${join(headers.root, 'usr/include')}`,
      CGO_LDFLAGS: `-L${lib}`,
      PKG_CONFIG_PATH: join(lib, 'pkgconfig'),
    },
  );
}

/** The SHA-256 digest of a file, in hex. */
export function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  return new Promise((resolve, reject) => {
    createReadStream(file)
      .on('data', (data) => hash.update(data))
      .on('error', reject)
      .on('end', () => resolve(hash.digest('hex')));
  });
}
