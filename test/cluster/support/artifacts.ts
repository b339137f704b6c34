import { machineRootfs } from '../../machines/rootfs';
import { nodePrograms, sha256Of } from '../../machines/artifacts';
import { makeImage, withLibraries, type MadeImage } from '../../machines/image';
import { networkPluginProgram } from '../../tools/network-plugin/network-plugin';
import { shopProgram } from '../../tools/shop/shop';
import { PINS } from '../../../toolchain/pins';
import type { NodeBinary } from '../../../provider';

/** Tags of what was built where it is not kubeadm's own. */
export const IMAGE_TAGS = { etcd: '3.7.3-0', coredns: 'v1.15.0' } as const;

/** The release that is built. */
export const KUBERNETES = PINS.find(({ name }) => name === 'kube-apiserver')!.version;

/** What a cluster of test machines is installed from. */
export interface ClusterArtifacts {
  readonly binaries: Readonly<Record<string, NodeBinary>>;
  readonly images: readonly MadeImage[];
  /** The image of the network plugin for tests. */
  readonly networkPlugin: MadeImage;
  /** The images of the three-tier application. */
  readonly shop: Readonly<Record<'web' | 'api' | 'database', MadeImage>>;
}

/** Builds all of it; what was built before is taken from the cache. */
export async function clusterArtifacts(): Promise<ClusterArtifacts> {
  const { onMachines, inImages } = await nodePrograms();
  const binaries: Record<string, NodeBinary> = {};
  for (const [path, file] of Object.entries(onMachines))
    binaries[path] = { file, sha256: await sha256Of(file) };
  const rootfs = machineRootfs();
  if ('reason' in rootfs) throw new Error(rootfs.reason);
  const program = (name: string): Readonly<Record<string, string>> => ({
    [`/usr/local/bin/${name}`]: inImages[name]!,
  });
  const image = (name: string, tag: string, files: Readonly<Record<string, string>>): Promise<MadeImage> =>
    makeImage({ reference: `registry.k8s.io/${name}:${tag}`, entrypoint: [Object.keys(files)[0]!], files });
  const release = `v${KUBERNETES}`;
  const images = await Promise.all([
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) =>
      image(name, release, program(name)),
    ),
    image('kube-proxy', release, {
      ...program('kube-proxy'),
      ...withLibraries(rootfs.root, '/usr/sbin/nft'),
      ...withLibraries(rootfs.root, '/usr/sbin/conntrack'),
    }),
    image('etcd', IMAGE_TAGS.etcd, { ...program('etcd'), ...program('etcdctl') }),
    image('coredns/coredns', IMAGE_TAGS.coredns, { '/coredns': inImages.coredns! }),
    image('pause', '3.10.2', { '/pause': inImages.pause! }),
  ]);
  const networkPlugin = await makeImage({
    reference: 'test.keelson.example/network-plugin:test',
    entrypoint: ['/network-plugin'],
    files: {
      '/network-plugin': networkPluginProgram(),
      ...withLibraries(rootfs.root, '/usr/sbin/nft'),
      ...withLibraries(rootfs.root, '/usr/sbin/ip'),
    },
  });
  const tier = (name: string): Promise<MadeImage> =>
    makeImage({
      reference: `registry.example/shop/${name}:test`,
      entrypoint: [`/${name}`],
      files: { [`/${name}`]: shopProgram() },
      user: '10001:10001',
    });
  const shop = { web: await tier('web'), api: await tier('api'), database: await tier('database') };
  return { binaries, images, networkPlugin, shop };
}
