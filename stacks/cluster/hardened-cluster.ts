import { createHash } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { Provider } from '@pulumi/kubernetes/provider';
import type { ClusterMachine, Manifest, RenderedApp, SelfManagedCluster } from '../../constructs';
import { throwIfAny } from '../../model';
import {
  ClusterCertificates,
  KernelSettings,
  KubeadmNode,
  NodeBinaries,
  NodeFiles,
  NodeFirewall,
  NodeImages,
  NodeUnit,
  Preflight,
  ReadyNodes,
  TOKEN_PLACEHOLDER,
  type Connection,
  type NodeBinary,
} from '../../provider';
import { parseKubeconfig } from '../../probes/client/kubeconfig';
import { policyGate } from '../bridge/policy-gate';
import { KubernetesObject, pulumiType } from '../bridge/kubernetes-object';
import { FIREWALL_TABLE } from '../../constructs/node/firewall-ruleset';
import { accessProblems, secretProblems } from './cluster-problems';
import { entriesOf, joinDocument, kubeadmDocument, resourceFiles, type SecretTexts } from './machine-files';
import type { MachineAccess } from './machine-access';

/** Arguments of {@link HardenedCluster}. */
export interface HardenedClusterArgs {
  /** What the cluster is: the construct that `cdk8s synth` writes for review. */
  readonly cluster: SelfManagedCluster;
  /** How each machine of it is reached, by its name. */
  readonly access: Readonly<Record<string, MachineAccess>>;
  /**
   * The programs of each machine by their absolute path there: kubelet, kubeadm, kubectl, containerd, its shim, ctr, runc, and the
   * plugins of the network in `/opt/cni/bin`.
   */
  readonly binaries: Readonly<Record<string, NodeBinary>>;
  /** Digests of the images that machines have before something runs them, by name and tag: those of kubeadm at least. */
  readonly images: Readonly<Record<string, string>>;
  /** The objects of the network plugin. */
  readonly networkPlugin: readonly Manifest[];
  /**
   * Values of secrets that the construct refers to, by their name.
   * @default - keys of encryption are made at random; there may be no other secret
   */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * Checks of kubeadm that are only told, by their name, for example `SystemVerification`.
   * @default - none: kubeadm refuses
   */
  readonly ignoredChecks?: readonly string[];
}

/** What the pieces of one machine are made with. */
interface MachineContext {
  readonly machine: ClusterMachine;
  readonly connection: Connection;
  readonly files: NodeFiles;
  readonly ready: readonly pulumi.Resource[];
}

/**
 * A complete hardened cluster on machines that are reached by SSH: one `pulumi up` writes their files, loads the firewall before
 * anything listens, installs programs and images by digest, makes them nodes with kubeadm, approves what kubelets ask to serve with,
 * and installs the network plugin. `pulumi destroy` takes all of it away. Source: NET-1 to NET-5, NET-7, ARCH-1.
 */
export class HardenedCluster extends pulumi.ComponentResource {
  /** A kubeconfig of an administrator. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Where the API is, for example `https://api.example:6443`. */
  public readonly endpoint: string;
  /** The certificate of the cluster's authority, in PEM. */
  public readonly authority: pulumi.Output<string>;
  /** The names of the nodes. */
  public readonly nodes: readonly string[];
  /** The provider for objects of this cluster. */
  public readonly provider: Provider;
  readonly #args: HardenedClusterArgs;
  readonly #certificates: ClusterCertificates;
  readonly #secrets: SecretTexts;

  /** @throws KeelsonError with a machine that is not reachable, and every secret without a value */
  public constructor(name: string, args: HardenedClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super('keelson:stacks:HardenedCluster', name, {}, opts);
    throwIfAny([...accessProblems(args), ...secretProblems(args)]);
    this.#args = args;
    const { cluster } = args;
    this.nodes = cluster.machines.map((machine) => machine.name);
    this.endpoint = `https://${cluster.endpoint}`;
    this.#certificates = this.#makeCertificates(name);
    this.authority = this.#certificates.authority;
    this.#secrets = pulumi
      .all([this.#certificates.values, args.secrets ?? {}])
      .apply(([made, given]) => ({ ...made, ...given }));
    const preflight = this.#preflight(name);

    const machines = cluster.machines.map((machine) => this.#prepare(name, machine, preflight));
    const [first, ...others] = machines as [MachineContext, ...MachineContext[]];
    const init = this.#kubeadm(name, first, 'init', []);
    this.kubeconfig = init.kubeconfig;
    this.provider = new Provider(
      `${name}-api`,
      { kubeconfig: this.kubeconfig, enableSecretMutable: true, enableConfigMapMutable: true },
      { parent: this },
    );
    // One control plane after the other: etcd takes one new member at a time. Workers join all at once.
    const joined: KubeadmNode[] = [init];
    for (const machine of others.filter(({ machine }) => machine.role === 'control-plane'))
      joined.push(this.#kubeadm(name, machine, 'join', [joined.at(-1)!]));
    for (const machine of others.filter(({ machine }) => machine.role === 'worker'))
      joined.push(this.#kubeadm(name, machine, 'join', [init]));

    machines.forEach((machine) => this.#kubelet(name, machine, joined));
    const system = this.#systemNamespace(name, init);
    const plugin = this.#networkPlugin([...joined, system]);
    new ReadyNodes(
      `${name}-nodes`,
      { controlPlanes: this.#controlPlanes(), nodes: nodesOf(cluster) },
      { parent: this, dependsOn: [...joined, ...plugin] },
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig, endpoint: this.endpoint, nodes: this.nodes });
  }

  /**
   * Lets the workloads of an app wait until this cluster really enforces its admission policies: for `policiesInForce` of its
   * `KubernetesApp`.
   *
   * @param digest of the policies, as `AdmissionPolicies` has it
   */
  public policiesInForce(digest: string): (app: RenderedApp) => Promise<void> {
    const text = new Promise<string>((resolve) => this.kubeconfig.apply(resolve));
    return policyGate(async () => parseKubeconfig(await text, `the kubeconfig of ${this.endpoint}`), digest);
  }

  /** Keys and certificates of all machines, and the keys of encryption that nobody gave. */
  #makeCertificates(name: string): ClusterCertificates {
    const { cluster, secrets = {} } = this.#args;
    const keys = cluster.encryptionKeys.flatMap((key) => ('secret' in key ? [key.secret.id] : []));
    return new ClusterCertificates(
      `${name}-certificates`,
      {
        cluster: cluster.node.path,
        machines: Object.fromEntries(
          cluster.machines
            .filter(({ role }) => role === 'control-plane')
            .map((machine) => [machine.name, cluster.pki(machine)]),
        ),
        randomKeys: Object.fromEntries(keys.filter((key) => !(key in secrets)).map((key) => [key, 32])),
      },
      { parent: this },
    );
  }

  /** Nothing is changed on a machine before all of them were looked at. */
  #preflight(name: string): Preflight {
    const { cluster } = this.#args;
    return new Preflight(
      `${name}-preflight`,
      {
        authority: this.authority,
        administrators: cluster.administrators,
        machines: Object.fromEntries(
          cluster.machines.map((machine) => [
            machine.name,
            {
              connection: this.#connection(machine),
              address: machine.address,
              role: machine.role as 'control-plane' | 'worker',
            },
          ]),
        ),
      },
      { parent: this },
    );
  }

  /** Everything of a machine before kubeadm. */
  #prepare(name: string, machine: ClusterMachine, preflight: Preflight): MachineContext {
    const { cluster, binaries, images } = this.#args;
    const id = `${name}-${machine.name}`;
    const connection = this.#connection(machine);
    const node = cluster.nodeOf(machine.role);
    const after = (...dependsOn: pulumi.Resource[]) => ({ parent: this, dependsOn });
    const files = new NodeFiles(
      `${id}-files`,
      { connection, files: resourceFiles(entriesOf(cluster, machine), this.#secrets) },
      after(preflight),
    );
    const firewall = new NodeFirewall(
      `${id}-firewall`,
      { connection, table: `inet ${FIREWALL_TABLE}`, ruleset: node.firewall.ruleset },
      after(files),
    );
    const firewallUnit = new NodeUnit(
      `${id}-firewall-unit`,
      { connection, unit: 'keelson-firewall.service', state: 'running', restartedBy: {} },
      after(firewall),
    );
    const kernel = new KernelSettings(
      `${id}-kernel`,
      { connection, ...kernelOf(node.kernel.sysctls), modules: node.kernel.modules },
      after(files),
    );
    const programs = new NodeBinaries(`${id}-binaries`, { connection, binaries }, after(firewallUnit));
    const containerd = new NodeUnit(
      `${id}-containerd`,
      {
        connection,
        unit: 'containerd.service',
        state: 'running',
        restartedBy: this.#digests(
          machine,
          ['/etc/containerd/config.toml', '/etc/systemd/system/containerd.service'],
          /\/containerd(-shim-runc-v2)?$/,
        ),
      },
      after(programs, kernel),
    );
    const pulled = new NodeImages(
      `${id}-images`,
      { connection, images: imagesFor(machine, images) },
      after(containerd),
    );
    return { machine, connection, files, ready: [pulled] };
  }

  /** Makes a machine a node: the first one the cluster's, the others by joining it. */
  #kubeadm(
    name: string,
    { machine, connection, ready }: MachineContext,
    action: 'init' | 'join',
    after: readonly pulumi.Resource[],
  ): KubeadmNode {
    const { cluster, ignoredChecks = [] } = this.#args;
    return new KubeadmNode(
      `${name}-${machine.name}-kubeadm`,
      {
        connection,
        action,
        role: machine.role as 'control-plane' | 'worker',
        node: machine.name,
        document: kubeadmDocument(cluster, machine, TOKEN_PLACEHOLDER),
        joinDocument: joinDocument(cluster, machine, TOKEN_PLACEHOLDER),
        server: this.endpoint,
        authority: this.authority,
        controlPlanes: this.#controlPlanes(machine.name),
        ignoredChecks,
      },
      {
        parent: this,
        dependsOn: [...ready, ...after],
        customTimeouts: { create: '15m', update: '15m', delete: '10m' },
      },
    );
  }

  /** The kubelet, once kubeadm has configured it: it is restarted where one of its files changes. */
  #kubelet(name: string, { machine, connection }: MachineContext, joined: readonly KubeadmNode[]): NodeUnit {
    return new NodeUnit(
      `${name}-${machine.name}-kubelet`,
      {
        connection,
        unit: 'kubelet.service',
        state: 'running',
        restartedBy: this.#digests(
          machine,
          [
            '/etc/systemd/system/kubelet.service',
            '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf',
            '/etc/kubernetes/kubelet.conf.d/90-keelson.conf',
          ],
          /\/kubelet$/,
        ),
      },
      { parent: this, dependsOn: [...joined] },
    );
  }

  /**
   * The API server enforces `restricted` wherever nothing else is said; kube-proxy and network plugins change the network of their node.
   * A label that can be read and reviewed says so for the one namespace of the system, where no persona has any right.
   */
  #systemNamespace(name: string, init: KubeadmNode): KubernetesObject {
    const version = `v${this.#args.cluster.release}`;
    return new KubernetesObject(
      'kubernetes:core/v1:NamespacePatch',
      `${name}-system-namespace`,
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: 'kube-system',
          labels: {
            'pod-security.kubernetes.io/enforce': 'privileged',
            'pod-security.kubernetes.io/enforce-version': version,
          },
        },
      },
      { parent: this, provider: this.provider, dependsOn: [init] },
    );
  }

  /** The objects of the network plugin. */
  #networkPlugin(after: readonly pulumi.Resource[]): readonly pulumi.Resource[] {
    const register = (manifests: readonly Manifest[], dependsOn: readonly pulumi.Resource[]) =>
      manifests.map((manifest) => {
        const { namespace, name } = manifest.metadata;
        return new KubernetesObject(
          pulumiType(manifest),
          [namespace, name].filter((part) => part !== undefined).join('/'),
          { ...manifest, metadata: withoutWait(manifest) },
          { parent: this, provider: this.provider, dependsOn: [...dependsOn] },
        );
      });
    // Namespaces and definitions of kinds come before what is in them.
    const isFirst = ({ kind }: Manifest): boolean => ['Namespace', 'CustomResourceDefinition'].includes(kind);
    const { networkPlugin } = this.#args;
    const first = register(networkPlugin.filter(isFirst), after);
    return [
      ...first,
      ...register(
        networkPlugin.filter((one) => !isFirst(one)),
        [...after, ...first],
      ),
    ];
  }

  /** Digests of files and programs of a machine, by their path. */
  #digests(
    machine: ClusterMachine,
    paths: readonly string[],
    programs: RegExp,
  ): Readonly<Record<string, pulumi.Input<string>>> {
    const files = resourceFiles(
      entriesOf(this.#args.cluster, machine).filter(({ path }) => paths.includes(path)),
      this.#secrets,
    );
    return {
      ...Object.fromEntries(
        Object.entries(files).map(([path, entry]) => [
          path,
          pulumi
            .output(entry)
            .apply(({ content = '' }) => createHash('sha256').update(content).digest('hex')),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(this.#args.binaries)
          .filter(([path]) => programs.test(path))
          .map(([path, { sha256 }]) => [path, sha256]),
      ),
    };
  }

  /** The control planes that may be asked for something, but for one. */
  #controlPlanes(except?: string): readonly Connection[] {
    return this.#args.cluster.machines
      .filter(({ name, role }) => role === 'control-plane' && name !== except)
      .map((machine) => this.#connection(machine));
  }

  /** How a machine is reached. */
  #connection({ name, address }: ClusterMachine): Connection {
    return { host: address, ...this.#args.access[name]! };
  }
}

/** Images of the control plane are on its machines alone. */
function imagesFor(
  { role }: ClusterMachine,
  images: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const own = /\/(kube-apiserver|kube-controller-manager|kube-scheduler|etcd):/;
  return Object.fromEntries(
    Object.entries(images).filter(([name]) => role === 'control-plane' || !own.test(name)),
  );
}

function kernelOf(sysctls: readonly { readonly path: string; readonly value: unknown }[]) {
  const name = (path: string): string => path.replace(/^-/, '');
  return {
    settings: Object.fromEntries(sysctls.map(({ path, value }) => [name(path), String(value)])),
    optional: sysctls.filter(({ path }) => path.startsWith('-')).map(({ path }) => name(path)),
  };
}

function nodesOf(cluster: SelfManagedCluster) {
  const labels = cluster.nodeLabels;
  return Object.fromEntries(
    cluster.machines.map(({ name, address }) => [name, { address, labels: labels[name] ?? {} }]),
  );
}

/** The plugin cannot be ready before all nodes are, and nodes are not before the plugin is: who waits are the nodes. */
function withoutWait({ metadata }: Manifest): Manifest['metadata'] {
  return { ...metadata, annotations: { ...metadata.annotations, 'pulumi.com/skipAwait': 'true' } };
}
