import { Construct } from 'constructs';
import {
  KeelsonError,
  throwIfAny,
  type ClusterNetwork,
  type KubernetesMinor,
  type Problem,
} from '../../model';
import type { AuthenticationProps } from '../access/authentication';
import { apiServerServiceAddresses, RENEW_IN_LAST, type PkiSpec } from '../control-plane/certificates';
import { ControlPlane } from '../control-plane/control-plane';
import { CRYPTOGRAPHY } from '../control-plane/cryptography';
import { unknownFields, type TypedDocument } from '../control-plane/known-fields';
import { STANDARD_PORTS, urlHost } from '../control-plane/layout';
import { ETCD_USER } from '../node/file-access';
import type { NodeDocument, NodeEntry } from '../node/file-tree';
import type { NodeRole } from '../node/firewall';
import type { NodeConfiguration } from '../node/node-configuration';
import { noteNetwork } from '../network/network-of';
import type { EncryptionKey } from '../secrets/encryption-key';
import { SecretReference } from '../secrets/secret-reference';
import { serves } from '../serves';
import { PropsCheck } from '../validation';
import { checkCluster, parseEndpoint, targetOf } from './cluster-check';
import { DEFAULT_SERVICE_RANGES, nodeOf } from './cluster-nodes';
import type { SelfManagedClusterProps } from './cluster-props';
import { etcdLayout, etcdMachinePki, etcdMember, etcdUnit } from './etcd-machine';
import {
  clusterConfiguration,
  DISCOVERY_FILE,
  initConfiguration,
  ISOLATION_KEY,
  joinConfiguration,
  joinToken,
  type KubeadmCluster,
} from './kubeadm-documents';
import type { Machine } from './machine';
import { ETCD_KUBEADM_NAME, machinePki } from './machine-pki';
import { ETCD_METRICS_PORT, KEELSON_FOLDER, KUBEADM_FILE, MACHINES_FILE, nodeLayout } from './node-layout';
import { pkiFiles } from './pki-files';
import { staticPodPatches } from './static-pod-patches';

/** A machine with what it is in its cluster. */
export interface ClusterMachine extends Machine {
  readonly role: NodeRole;
}

/**
 * A whole cluster on machines of one's own: what each of them holds before kubeadm makes it a node. `cdk8s synth` writes it for
 * review, and what provisions the cluster writes the very same files. Nothing in it can be set back: what may vary is a property.
 * Source: NET-1 to NET-4, NET-7, AUTH-1, AUTH-2, AUD-1, UPG-1, ARCH-1.
 */
export class SelfManagedCluster extends Construct {
  /** All clusters of a tree, in its order. */
  public static allIn(scope: Construct): readonly SelfManagedCluster[] {
    return scope.node.findAll().filter((construct) => construct instanceof SelfManagedCluster);
  }

  /** The minor release that the control planes run. */
  public readonly release: KubernetesMinor;
  readonly #props: SelfManagedClusterProps;

  /** @throws KeelsonError `construct/invalid` with everything that is wrong with the properties */
  public constructor(scope: Construct, id: string, props: SelfManagedClusterProps) {
    super(scope, id);
    const check = new PropsCheck(this);
    checkCluster(check, id, props);
    check.done();
    this.#props = props;
    this.release = targetOf(props.kubernetes)!;
    // What is wrong with a component shows now, and not when it is written.
    throwIfAny([
      ...problemsOf(() => this.controlPlane(props.controlPlanes[0]!)),
      ...this.roles.flatMap((role) => problemsOf(() => this.nodeOf(role))),
    ]);
    throwIfAny(this.#unknownFields());
    noteNetwork(this, this.network);
    serves(this, 'NET-1', 'NET-2', 'NET-3', 'NET-4', 'NET-7', 'AUTH-1', 'AUTH-2', 'AUD-1', 'UPG-1', 'ARCH-1');
  }

  /** The minor releases in use: of control planes, and of workers where it is another. */
  public get releases(): readonly KubernetesMinor[] {
    const { kubernetes, workerKubernetes = kubernetes } = this.#props;
    return [...new Set([targetOf(kubernetes)!, targetOf(workerKubernetes)!])];
  }

  /** Where the API is reached: `host:port`. */
  public get endpoint(): string {
    return this.#props.endpoint;
  }

  /** From where people administer the machines: addresses and ranges. */
  public get administrators(): readonly string[] {
    return this.#props.outside.administrators;
  }

  /** What values are encrypted with in etcd; their age is judged at synth. */
  public get encryptionKeys(): readonly EncryptionKey[] {
    return this.#props.encryption.keys;
  }

  /** The machines with what they are: control planes, machines of etcd, workers. */
  public get machines(): readonly ClusterMachine[] {
    const { controlPlanes, workers = [], etcd = [] } = this.#props;
    const as = (role: NodeRole) => (machine: Machine) => ({ ...machine, role });
    return [...controlPlanes.map(as('control-plane')), ...etcd.map(as('etcd')), ...workers.map(as('worker'))];
  }

  /**
   * The labels that each node has to have besides those of its kubelet, by its name. Whoever provisions the cluster sets them as an
   * administrator, once the node has joined: the API server lets no kubelet do it. Source: NET-2.
   */
  public get nodeLabels(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return Object.fromEntries(
      (this.#props.workers ?? []).flatMap(({ name, isolation }) =>
        isolation === undefined ? [] : [[name, { [ISOLATION_KEY]: isolation }]],
      ),
    );
  }

  /** The roles that machines have, in the order of `machines`. */
  public get roles(): readonly NodeRole[] {
    return [...new Set(this.machines.map(({ role }) => role))];
  }

  /** What the cluster's network is: for network policies, `keelson reach`, and the check that the firewall agrees with the objects. */
  public get network(): ClusterNetwork {
    const { controlPlanes, pods, services = DEFAULT_SERVICE_RANGES } = this.#props;
    const port = STANDARD_PORTS.apiServer;
    return {
      pods,
      services,
      nodes: this.machines.filter(({ role }) => role !== 'etcd').map(({ address }) => address),
      apiServer: {
        service: apiServerServiceAddresses(services.join(',')).map((address) => ({ address, port: 443 })),
        endpoints: controlPlanes.map(({ address }) => ({ address, port })),
      },
      firewall: this.nodeOf('worker').firewall.rules,
    };
  }

  /** What every machine of a role has, of a node: kubelet, runtime, kernel, firewall. */
  public nodeOf(role: NodeRole): NodeConfiguration {
    return nodeOf(this.#props, role);
  }

  /** The components of a control plane machine. */
  public controlPlane(machine: Machine): ControlPlane {
    const { encryption, authentication, authorization, audit, admission } = this.#props;
    const { cryptography, domain, etcd, services = DEFAULT_SERVICE_RANGES } = this.#props;
    return new ControlPlane({
      layout: nodeLayout(machine),
      release: this.release,
      cryptography,
      encryption,
      authentication: withIssuer(authentication, domain),
      authorization,
      audit,
      admission,
      domain,
      serviceRange: services.join(','),
      serverNames: this.#serverNames(machine),
      etcdName: machine.name,
      etcdMetricsPort: ETCD_METRICS_PORT,
      etcdClients: [ETCD_KUBEADM_NAME],
      ...(etcd === undefined ? {} : { etcdEndpoints: etcd.map(etcdEndpoint) }),
    });
  }

  /** The certificates of a machine; a worker has none but those that the cluster signs for its kubelet. */
  public pki(machine: ClusterMachine): PkiSpec {
    const { domain, etcd, cryptography, services = DEFAULT_SERVICE_RANGES } = this.#props;
    if (machine.role === 'etcd') return etcdMachinePki(machine, cryptography);
    if (machine.role === 'worker') return NO_PKI;
    const pki = machinePki({
      layout: nodeLayout(machine),
      serverNames: this.#serverNames(machine),
      serviceRange: services.join(','),
      domain,
      cryptography,
    });
    if (etcd === undefined) return pki;
    // Only who runs etcd has its certificates; the API server keeps that of a client.
    const ofEtcd = ['etcd/server', 'etcd/peer', 'etcd/healthcheck-client'];
    return { ...pki, leaves: pki.leaves.filter(({ name }) => !ofEtcd.includes(name)) };
  }

  /**
   * What a machine holds besides what its role has: kubeadm's document and patches, the API server's files, references to keys and
   * certificates; on a machine of etcd, its unit.
   */
  public machineFiles(machine: ClusterMachine): readonly NodeEntry[] {
    switch (machine.role) {
      case 'control-plane':
        return this.#controlPlaneFiles(machine);
      case 'etcd':
        return this.#etcdFiles(machine);
      case 'worker':
        return [
          { kind: 'folder', path: KEELSON_FOLDER, ...ROOT, mode: 0o700 },
          kubeadmFile([
            joinConfiguration(machine, 'worker', STANDARD_PORTS.apiServer, joinToken(this.node.path)),
          ]),
          discoveryFile(this.node.path),
        ];
    }
  }

  /**
   * kubeadm's document with which a machine joins the cluster once it is there: for the first machine, too, where it is made anew and
   * others of the control plane go on.
   */
  public joinDocument(machine: ClusterMachine): NodeDocument {
    const role = machine.role === 'worker' ? 'worker' : 'control-plane';
    return joinConfiguration(machine, role, STANDARD_PORTS.apiServer, joinToken(this.node.path));
  }

  /** What a machine of the control plane holds. */
  #controlPlaneFiles(machine: ClusterMachine): readonly NodeEntry[] {
    const controlPlane = this.controlPlane(machine);
    const { layout } = controlPlane;
    const { authorityKeys = 'provisioner', controlPlanes, etcd } = this.#props;
    const isFirst = machine.name === controlPlanes[0]!.name;
    const port = STANDARD_PORTS.apiServer;
    const node = this.nodeOf('control-plane');
    const documents = isFirst
      ? [
          initConfiguration(machine, port, joinToken(this.node.path)),
          clusterConfiguration(this.#kubeadm(), controlPlane),
          node.kubelet!.document,
          node.kubeProxy!.document,
        ]
      : [joinConfiguration(machine, 'control-plane', port, joinToken(this.node.path))];
    const pods = controlPlane.components
      .map(({ name }) => name)
      .filter((name) => name !== 'etcd' || etcd === undefined);
    return [
      { kind: 'folder', path: layout.configuration, ...ROOT, mode: 0o700 },
      { kind: 'folder', path: layout.logs, ...ROOT, mode: 0o700, recommendation: 'AUD-1' },
      kubeadmFile(documents),
      this.#machinesFile(),
      ...(isFirst ? [] : [discoveryFile(this.node.path)]),
      ...staticPodPatches(pods),
      ...controlPlane.components.flatMap(({ files }) =>
        files.map((file): NodeEntry => ({ kind: 'file', ...ROOT, mode: 0o600, ...file })),
      ),
      ...pkiFiles({
        layout,
        pki: this.pki(machine),
        ...this.#owners(machine),
        owner: 'root',
        keysOf: (name) => authorityKeys === 'control-plane' || name === 'ca',
      }),
    ];
  }

  /** What is declared of the nodes, for who approves the certificates that their kubelets serve with. Source: NET-4. */
  #machinesFile(): NodeEntry {
    const nodes = this.machines.filter(({ role }) => role !== 'etcd');
    const content = nodes.map(({ name, address }) => ({ name, addresses: [address] }));
    return {
      kind: 'file',
      path: MACHINES_FILE,
      ...ROOT,
      mode: 0o600,
      recommendation: 'NET-4',
      content: `${JSON.stringify(content, null, 2)}\n`,
    };
  }

  /** What a machine of etcd holds. */
  #etcdFiles(machine: ClusterMachine): readonly NodeEntry[] {
    const { etcd = [], cryptography } = this.#props;
    const layout = etcdLayout(machine);
    const own = { owner: ETCD_USER.name, group: ETCD_USER.name };
    const folder = (path: string): NodeEntry => ({
      kind: 'folder',
      path,
      ...own,
      mode: 0o700,
      recommendation: 'NET-3',
    });
    return [
      folder(layout.configuration),
      folder(layout.certificates),
      folder(`${layout.certificates}/etcd`),
      etcdUnit(etcdMember(machine, etcd, cryptography), layout.etcdData),
      ...pkiFiles({
        layout,
        pki: this.pki(machine),
        ...this.#owners(machine),
        owner: own.owner,
        keysOf: () => false,
      }),
    ];
  }

  /** Fields of the files that the release of the machine does not know. */
  #unknownFields(): readonly Problem[] {
    const { kubernetes, workerKubernetes = kubernetes } = this.#props;
    return this.roles.flatMap((role) => {
      const release = targetOf(role === 'worker' ? workerKubernetes : kubernetes)!;
      const machine = this.machines.find((one) => one.role === role)!;
      return [...this.nodeOf(role).entries, ...this.machineFiles(machine)].flatMap((entry) =>
        entry.kind !== 'file' || typeof entry.content === 'string'
          ? []
          : [entry.content]
              .flat()
              .flatMap((document) =>
                unknownFields(`${role}, ${entry.path}`, document as TypedDocument, release),
              ),
      );
    });
  }

  /** By what name a secret is asked for: of the cluster, or of one machine. */
  #owners({ name }: Machine): { readonly cluster: string; readonly machine: string } {
    return { cluster: this.node.path, machine: `${this.node.path}/${name}` };
  }

  /** The names and addresses at which the API is reached through a machine. */
  #serverNames({ name }: Machine): readonly string[] {
    const { endpoint, serverNames = [] } = this.#props;
    return [name, parseEndpoint(endpoint)!.host, ...serverNames];
  }

  /** What kubeadm is told, the same on every machine. */
  #kubeadm(): KubeadmCluster {
    const {
      kubernetes,
      endpoint,
      pods,
      services = ['10.96.0.0/16'],
      domain = 'cluster.local',
      etcd,
    } = this.#props;
    const { cryptography = 'modern', encryption, imageTags = {} } = this.#props;
    return {
      imageTags,
      name: this.node.id,
      kubernetes,
      endpoint,
      pods,
      services,
      domain,
      cryptography,
      environment: CRYPTOGRAPHY[cryptography].environment,
      pluginFolders: [...new Set(encryption.keys.flatMap(pluginFolder))],
      ...(etcd === undefined ? {} : { etcdEndpoints: etcd.map(etcdEndpoint) }),
    };
  }
}

/** The kubeconfig by which a machine knows the cluster it joins; it holds the token of the join. */
function discoveryFile(cluster: string): NodeEntry {
  const content = new SecretReference(`${cluster}/discovery`);
  return { kind: 'file', path: DISCOVERY_FILE, ...ROOT, mode: 0o600, recommendation: 'AUTH-1', content };
}

/** What is wrong with what is made; nothing where it can be made. */
function problemsOf(make: () => unknown): readonly Problem[] {
  try {
    make();
    return [];
  } catch (error) {
    if (error instanceof KeelsonError) return error.problems;
    throw error;
  }
}

/** A worker has no certificate of ours: the cluster signs those of its kubelet. */
const NO_PKI: PkiSpec = {
  curve: 'P-256',
  renewInLast: RENEW_IN_LAST,
  authorities: [],
  leaves: [],
  signingKeys: [],
  kubeconfigs: [],
};

const ROOT = { owner: 'root', group: 'root' } as const;

/** Tokens of service accounts name the cluster's own domain as their issuer, as kubeadm has it. */
function withIssuer(authentication: AuthenticationProps = {}, domain = 'cluster.local'): AuthenticationProps {
  const { serviceAccounts } = authentication;
  const issuer = `https://kubernetes.default.svc.${domain}`;
  return { ...authentication, serviceAccounts: { issuer, ...serviceAccounts } };
}

/** The folder of a plugin's socket, which the API server's pod has to see. */
function pluginFolder(key: EncryptionKey): readonly string[] {
  return key.method === 'kms' ? [key.socket.slice(0, key.socket.lastIndexOf('/'))] : [];
}

/** What kubeadm is started with. */
function kubeadmFile(content: readonly NodeDocument[]): NodeEntry {
  return { kind: 'file', path: KUBEADM_FILE, ...ROOT, mode: 0o600, content };
}

function etcdEndpoint({ address }: Machine): string {
  return `https://${urlHost(address)}:${STANDARD_PORTS.etcdClient}`;
}
