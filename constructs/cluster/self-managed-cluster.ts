import { Construct } from 'constructs';
import type { KubernetesMinor } from '../../model';
import type { PkiSpec } from '../control-plane/certificates';
import { ControlPlane } from '../control-plane/control-plane';
import { CRYPTOGRAPHY } from '../control-plane/cryptography';
import { certificateFile, keyFile, publicKeyFile, STANDARD_PORTS, urlHost } from '../control-plane/layout';
import type { NodeEntry, NodeFile } from '../node/file-tree';
import { SecretReference } from '../secrets/secret-reference';
import { serves } from '../serves';
import { PropsCheck } from '../validation';
import { checkCluster, parseEndpoint, targetOf } from './cluster-check';
import type { SelfManagedClusterProps } from './cluster-props';
import {
  clusterConfiguration,
  initConfiguration,
  joinConfiguration,
  type KubeadmCluster,
} from './kubeadm-documents';
import type { Machine } from './machine';
import { ETCD_KUBEADM_NAME, machinePki } from './machine-pki';
import { ETCD_METRICS_PORT, KUBEADM_FILE, nodeLayout } from './node-layout';
import { staticPodPatches } from './static-pod-patches';

/** What a machine is in a cluster. */
export type MachineRole = 'control-plane' | 'worker' | 'etcd';

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
    checkCluster(check, props);
    check.done();
    this.#props = props;
    this.release = targetOf(props.kubernetes)!;
    // What is wrong with a component shows now, and not when it is written.
    for (const machine of props.controlPlanes) this.controlPlane(machine);
    serves(this, 'NET-1', 'NET-3', 'NET-4', 'NET-7', 'AUTH-1', 'AUTH-2', 'AUD-1', 'UPG-1', 'ARCH-1');
  }

  /** The minor releases in use: of control planes, and of workers where it is another. */
  public get releases(): readonly KubernetesMinor[] {
    const { kubernetes, workerKubernetes = kubernetes } = this.#props;
    return [...new Set([targetOf(kubernetes)!, targetOf(workerKubernetes)!])];
  }

  /** The machines with what they are, control planes first. */
  public get machines(): readonly (Machine & { readonly role: MachineRole })[] {
    const { controlPlanes, workers = [], etcd = [] } = this.#props;
    const as = (role: MachineRole) => (machine: Machine) => ({ ...machine, role });
    return [...controlPlanes.map(as('control-plane')), ...etcd.map(as('etcd')), ...workers.map(as('worker'))];
  }

  /** The components of a control plane machine. */
  public controlPlane(machine: Machine): ControlPlane {
    const { encryption, admission, domain, etcd, services = ['10.96.0.0/16'] } = this.#props;
    return new ControlPlane({
      layout: nodeLayout(machine),
      release: this.release,
      encryption,
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

  /** The certificates of a control plane machine. */
  public pki(machine: Machine): PkiSpec {
    const { domain, services = ['10.96.0.0/16'] } = this.#props;
    return machinePki({
      layout: nodeLayout(machine),
      serverNames: this.#serverNames(machine),
      serviceRange: services.join(','),
      domain,
    });
  }

  /** What a control plane machine holds, of the control plane: kubeadm's document and patches, the API server's files, the keys. */
  public controlPlaneFiles(machine: Machine): readonly NodeEntry[] {
    const controlPlane = this.controlPlane(machine);
    const { layout } = controlPlane;
    const isFirst = machine.name === this.#props.controlPlanes[0]!.name;
    const port = STANDARD_PORTS.apiServer;
    const documents = isFirst
      ? [initConfiguration(machine, port), clusterConfiguration(this.#kubeadm(), controlPlane)]
      : [joinConfiguration(machine, 'control-plane', port)];
    return [
      { kind: 'folder', path: layout.configuration, ...ROOT, mode: 0o700 },
      { kind: 'folder', path: layout.logs, ...ROOT, mode: 0o700, recommendation: 'AUD-1' },
      { kind: 'file', path: KUBEADM_FILE, ...ROOT, mode: 0o600, content: documents },
      ...staticPodPatches(controlPlane.components.map(({ name }) => name)),
      ...controlPlane.components.flatMap(({ files }) =>
        files.map((file): NodeFile => ({ kind: 'file', ...ROOT, mode: 0o600, ...file })),
      ),
      ...this.#keys(machine),
    ];
  }

  /** kubeadm's document for a worker. */
  public workerFiles(machine: Machine): readonly NodeEntry[] {
    const documents = [joinConfiguration(machine, 'worker', STANDARD_PORTS.apiServer)];
    return [{ kind: 'file', path: KUBEADM_FILE, ...ROOT, mode: 0o600, content: documents }];
  }

  /** Keys and certificates, as references: what provisions the cluster fills them in. */
  #keys(machine: Machine): readonly NodeFile[] {
    const layout = nodeLayout(machine);
    const { authorityKeys = 'provisioner' } = this.#props;
    const { authorities, leaves, signingKeys } = this.pki(machine);
    const secret = (path: string, id: string): NodeFile => ({
      kind: 'file',
      path,
      ...ROOT,
      mode: 0o600,
      cis: ['1.1.19', '1.1.21'],
      content: new SecretReference(id),
    });
    const open = (path: string, id: string): NodeFile => ({
      ...secret(path, id),
      mode: 0o644,
      cis: ['1.1.19', '1.1.20'],
    });
    const pair = (name: string, owner: string): readonly NodeFile[] => [
      secret(keyFile(layout, name), `${owner}/${name}.key`),
      open(certificateFile(layout, name), `${owner}/${name}.crt`),
    ];
    return [
      ...authorities.flatMap(({ name }) =>
        authorityKeys === 'control-plane' || name === 'ca'
          ? pair(name, this.node.path)
          : [open(certificateFile(layout, name), `${this.node.path}/${name}.crt`)],
      ),
      ...leaves.flatMap(({ name }) => pair(name, `${this.node.path}/${machine.name}`)),
      ...signingKeys.flatMap((name) => [
        secret(keyFile(layout, name), `${this.node.path}/${name}.key`),
        open(publicKeyFile(layout, name), `${this.node.path}/${name}.pub`),
      ]),
    ];
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
    const { cryptography = 'modern' } = this.#props;
    return {
      name: this.node.id,
      kubernetes,
      endpoint,
      pods,
      services,
      domain,
      cryptography,
      environment: CRYPTOGRAPHY[cryptography].environment,
      ...(etcd === undefined ? {} : { etcdEndpoints: etcd.map(etcdEndpoint) }),
    };
  }
}

const ROOT = { owner: 'root', group: 'root' } as const;

function etcdEndpoint({ address }: Machine): string {
  return `https://${urlHost(address)}:${STANDARD_PORTS.etcdClient}`;
}
