import type { ControlPlane } from '../control-plane/control-plane';
import { certificateFile, keyFile } from '../control-plane/layout';
import type { CryptographyName } from '../control-plane/cryptography';
import type { NodeDocument } from '../node/file-tree';
import { SecretReference } from '../secrets/secret-reference';
import {
  kubeadmArguments,
  kubeadmEnvironment,
  readOnlyVolume,
  type KubeadmVolume,
} from './kubeadm-component';
import type { ImageTags } from './cluster-props';
import type { Machine } from './machine';
import { KEELSON_FOLDER, PATCHES_FOLDER } from './node-layout';

/**
 * Label and taint of a worker that is kept for some workloads. A kubelet cannot give itself a label of this prefix, nor take it away, so
 * that no node that was broken into draws the pods of others to itself. Source: NET-2.
 */
export const ISOLATION_KEY = 'node-restriction.kubernetes.io/isolation';

const API_VERSION = 'kubeadm.k8s.io/v1beta4';

/** Where the kubelet finds its runtime. */
const RUNTIME_SOCKET = 'unix:///run/containerd/containerd.sock';

/** The token with which a machine asks a cluster for its first certificate: made for one join, short-lived, and no other cluster's. */
export function joinToken(cluster: string): SecretReference {
  return new SecretReference(`${cluster}/join-token`);
}

/** A kubeconfig with the authority and the address of the API, by which a machine knows the cluster it joins. Source: AUTH-1. */
export const DISCOVERY_FILE = `${KEELSON_FOLDER}/discovery.conf`;

/** How long the token of a join is good. */
const TOKEN_LIFETIME = '1h0m0s';

/** What kubeadm is told of a cluster, the same on every machine. */
export interface KubeadmCluster {
  readonly name: string;
  readonly kubernetes: string;
  readonly endpoint: string;
  readonly pods: readonly string[];
  readonly services: readonly string[];
  readonly domain: string;
  readonly cryptography: CryptographyName;
  readonly environment: Readonly<Record<string, string>>;
  /** URLs of an etcd of its own; undefined where it runs beside each API server. */
  readonly etcdEndpoints?: readonly string[];
  /** Tags of images where they are not kubeadm's own. */
  readonly imageTags: ImageTags;
  /** Folders of the sockets of plugins that keep keys. */
  readonly pluginFolders: readonly string[];
}

/** kubeadm's ClusterConfiguration: the components with our settings, and nothing that differs between machines. */
export function clusterConfiguration(cluster: KubeadmCluster, controlPlane: ControlPlane): NodeDocument {
  const { apiServer, controllerManager, scheduler, etcd } = controlPlane;
  const { layout } = controlPlane;
  const { imageTags } = cluster;
  const environment = kubeadmEnvironment(cluster.environment);
  const pki = (name: string): string => certificateFile(layout, name);
  return {
    apiVersion: API_VERSION,
    kind: 'ClusterConfiguration',
    clusterName: cluster.name,
    kubernetesVersion: `v${cluster.kubernetes}`,
    controlPlaneEndpoint: cluster.endpoint,
    certificatesDir: layout.certificates,
    encryptionAlgorithm: cluster.cryptography === 'fips' ? 'ECDSA-P384' : 'ECDSA-P256',
    // kubeadm makes the kubeconfigs; all else is there already.
    certificateValidityPeriod: '2160h0m0s',
    networking: {
      podSubnet: cluster.pods.join(','),
      serviceSubnet: cluster.services.join(','),
      dnsDomain: cluster.domain,
    },
    ...(imageTags.coredns === undefined ? {} : { dns: { imageTag: imageTags.coredns } }),
    etcd:
      cluster.etcdEndpoints === undefined
        ? {
            local: {
              ...(imageTags.etcd === undefined ? {} : { imageTag: imageTags.etcd }),
              dataDir: layout.etcdData,
              extraArgs: kubeadmArguments(etcd),
              ...environment,
            },
          }
        : {
            external: {
              endpoints: cluster.etcdEndpoints,
              caFile: pki('etcd/ca'),
              certFile: pki('apiserver-etcd-client'),
              keyFile: keyFile(layout, 'apiserver-etcd-client'),
            },
          },
    apiServer: {
      extraArgs: kubeadmArguments(apiServer),
      extraVolumes: apiServerVolumes(controlPlane, cluster.pluginFolders),
      ...environment,
    },
    controllerManager: { extraArgs: kubeadmArguments(controllerManager), ...environment },
    scheduler: {
      extraArgs: kubeadmArguments(scheduler),
      extraVolumes: [
        readOnlyVolume('cluster-ca', pki('ca'), 'File'),
        readOnlyVolume('serving-certificate', pki('scheduler'), 'File'),
        readOnlyVolume('serving-key', keyFile(layout, 'scheduler'), 'File'),
      ],
      ...environment,
    },
  };
}

/** The folders as a whole, so that a file that is replaced is seen. */
function apiServerVolumes(
  { layout }: ControlPlane,
  pluginFolders: readonly string[],
): readonly KubeadmVolume[] {
  return [
    readOnlyVolume('keelson', layout.configuration),
    ...pluginFolders.map((folder, index) => readOnlyVolume(`kms-${index}`, folder)),
    {
      name: 'audit-log',
      hostPath: layout.logs,
      mountPath: layout.logs,
      readOnly: false,
      pathType: 'Directory',
    },
  ];
}

/** kubeadm's InitConfiguration, for the first machine. */
export function initConfiguration(machine: Machine, port: number, token: SecretReference): NodeDocument {
  return {
    apiVersion: API_VERSION,
    kind: 'InitConfiguration',
    bootstrapTokens: [
      {
        token,
        ttl: TOKEN_LIFETIME,
        description: 'joins of the first machines',
        usages: ['signing', 'authentication'],
        groups: ['system:bootstrappers:kubeadm:default-node-token'],
      },
    ],
    localAPIEndpoint: { advertiseAddress: machine.address, bindPort: port },
    nodeRegistration: registration(machine, 'control-plane'),
    patches: { directory: PATCHES_FOLDER },
  };
}

/**
 * kubeadm's JoinConfiguration. The cluster is known by a file: its authority and address; to ask the cluster itself who it is would
 * need anonymous access, which is closed. Source: AUTH-1.
 */
export function joinConfiguration(
  machine: Machine,
  role: 'control-plane' | 'worker',
  port: number,
  token: SecretReference,
): NodeDocument {
  return {
    apiVersion: API_VERSION,
    kind: 'JoinConfiguration',
    discovery: { file: { kubeConfigPath: DISCOVERY_FILE }, tlsBootstrapToken: token },
    nodeRegistration: registration(machine, role),
    ...(role === 'control-plane'
      ? {
          controlPlane: { localAPIEndpoint: { advertiseAddress: machine.address, bindPort: port } },
          // A worker has no such folder, and kubeadm does not join where one that is named is missing.
          patches: { directory: PATCHES_FOLDER },
        }
      : {}),
  };
}

function registration({ name, address, isolation }: Machine, role: 'control-plane' | 'worker'): NodeDocument {
  return {
    name,
    criSocket: RUNTIME_SOCKET,
    // Said, not left to a default: no workload runs on a control plane. Source: NET-2.
    taints:
      role === 'control-plane'
        ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]
        : isolation === undefined
          ? []
          : [{ key: ISOLATION_KEY, value: isolation, effect: 'NoSchedule' }],
    kubeletExtraArgs: [{ name: 'node-ip', value: address }],
  };
}
