import { networkPluginManifests } from '../../tools/network-plugin/network-plugin';
import { KeelsonApp, SecretReference, SelfManagedCluster } from '../../../constructs';
import { HardenedCluster } from '../../../stacks/cluster/hardened-cluster';
import type { MadeImage } from '../../machines/image';
import type { NodeBinary } from '../../../provider';
import { IMAGE_TAGS, KUBERNETES } from './artifacts';

/** Where a machine of a test is. */
export interface Reachable {
  readonly name: string;
  readonly address: string;
  readonly hostKey: string;
}

/** What a cluster of a test is made of. */
export interface TestClusterOptions {
  readonly machines: readonly Reachable[];
  readonly gateway: string;
  readonly privateKeyFile: string;
  readonly mirror: { readonly endpoint: string; readonly authority: string };
  readonly binaries: Readonly<Record<string, NodeBinary>>;
  readonly images: readonly MadeImage[];
  readonly networkPlugin: MadeImage;
  /** Where the API is reached. @default - the first machine */
  readonly endpoint?: string;
}

/** A cluster of test machines as a construct: machines that are called `cp-…` are control planes. */
export function testConstruct(options: TestClusterOptions, app = new KeelsonApp()): SelfManagedCluster {
  const { machines, gateway, mirror } = options;
  const controlPlanes = machines.filter(({ name }) => name.startsWith('cp-'));
  const workers = machines.filter((machine) => !controlPlanes.includes(machine));
  const plain = ({ name, address }: Reachable) => ({ name, address });
  return new SelfManagedCluster(app, 'test', {
    kubernetes: KUBERNETES,
    imageTags: IMAGE_TAGS,
    endpoint: options.endpoint ?? `${controlPlanes[0]!.address}:6443`,
    controlPlanes: controlPlanes.map(plain),
    workers: workers.map(plain),
    pods: ['10.244.0.0/16'],
    outside: {
      administrators: [gateway],
      registries: [gateway],
      ...(options.endpoint === undefined ? {} : { loadBalancers: [gateway] }),
    },
    encryption: { keys: [{ name: 'key-1', secret: new SecretReference('encryption/key-1') }] },
    nodes: {
      containerd: {
        sandboxImage: 'registry.k8s.io/pause:3.10.2',
        mirrors: [{ registry: '_default', endpoint: mirror.endpoint, authority: mirror.authority }],
      },
    },
  });
}

/** The cluster as what `pulumi up` makes. */
export function testCluster(options: TestClusterOptions, cluster = testConstruct(options)): HardenedCluster {
  const { machines, privateKeyFile, binaries, images, networkPlugin } = options;
  return new HardenedCluster('test', {
    cluster,
    access: Object.fromEntries(
      machines.map(({ name, hostKey }) => [name, { hostKey, user: 'admin', identityFile: privateKeyFile }]),
    ),
    binaries,
    images: Object.fromEntries(images.map(({ reference, digest }) => [reference, digest])),
    networkPlugin: networkPluginManifests(pinned(networkPlugin)),
    ignoredChecks: ['SystemVerification'],
  });
}

/** An image with its tag and digest. */
export function pinned({ reference, digest }: MadeImage): string {
  return `${reference}@${digest}`;
}
