import type { AddressPort, ClusterNetwork, Problem } from '../../model';
import { KINDS, POD_KINDS, type Kind } from '../../policies/kinds';
import { ApiClient } from '../../probes/client/api-client';
import { readKubeconfig } from '../../probes/client/kubeconfig';
import { listOf, mapOf, type NetworkObject } from '../../reachability';
import { kubeconfigPath, readKinds, type Api } from './live';
import { Reader } from './reader';

/** What a cluster's network is made of. */
const NETWORK_KINDS: readonly Kind[] = [
  ...POD_KINDS.filter(({ kind }) => kind !== 'PodTemplate'),
  KINDS.namespace,
  KINDS.networkPolicy,
  KINDS.service,
];

const NODE: Kind = { kind: 'Node', apiGroup: '', apiVersion: 'v1', resource: 'nodes', namespaced: false };
const ENDPOINT_SLICE: Kind = {
  ...{ kind: 'EndpointSlice', apiGroup: 'discovery.k8s.io', apiVersion: 'v1' },
  ...{ resource: 'endpointslices', namespaced: true },
};

/** Policies of network plugins, in clusters that have them: they are counted, and not judged. */
const OTHER_POLICIES: readonly Kind[] = [
  other('CiliumNetworkPolicy', 'cilium.io', 'v2', 'ciliumnetworkpolicies'),
  other('CiliumClusterwideNetworkPolicy', 'cilium.io', 'v2', 'ciliumclusterwidenetworkpolicies'),
  other('NetworkPolicy', 'crd.projectcalico.org', 'v1', 'networkpolicies'),
  other('GlobalNetworkPolicy', 'crd.projectcalico.org', 'v1', 'globalnetworkpolicies'),
  other('AdminNetworkPolicy', 'policy.networking.k8s.io', 'v1alpha1', 'adminnetworkpolicies'),
  other('BaselineAdminNetworkPolicy', 'policy.networking.k8s.io', 'v1alpha1', 'baselineadminnetworkpolicies'),
];

function other(kind: string, apiGroup: string, apiVersion: string, resource: string): Kind {
  return { kind, apiGroup, apiVersion, resource, namespaced: true };
}

/** What is read from a cluster. */
export interface LiveNetwork {
  readonly objects: readonly NetworkObject[];
  /** What its Services, EndpointSlices and Nodes say. */
  readonly network: ClusterNetwork;
  readonly problems: readonly Problem[];
}

/**
 * Reads everything of a cluster that decides over its network.
 *
 * @param given the kubeconfig that was asked for. Otherwise `KUBECONFIG` counts, then the embedded control plane
 * @throws KeelsonError (`kubeconfig/invalid`, `cluster/unreachable`)
 */
export async function readLiveNetwork(
  given: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<LiveNetwork> {
  const access = readKubeconfig(kubeconfigPath(given, env));
  const client = new ApiClient(access);
  try {
    return await networkOf(client, access.server.replace(/\/$/, ''));
  } finally {
    client.close();
  }
}

/** The same, by a client that is there already. */
export async function networkOf(api: Api, server: string): Promise<LiveNetwork> {
  const reader = new Reader('all');
  const objects = await readKinds(NETWORK_KINDS, api, server, reader);
  const present: Kind[] = [];
  for (const kind of OTHER_POLICIES) {
    const { status } = await api.send({
      path: `/apis/${kind.apiGroup}/${kind.apiVersion}/${kind.resource}?limit=1`,
    });
    if (status !== 404) present.push(kind);
  }
  const others = await readKinds(present, api, server, reader);
  const nodes = await readKinds([NODE, ENDPOINT_SLICE], api, server, reader);
  return {
    objects: [...objects, ...others],
    network: factsOf([...objects, ...nodes]),
    problems: reader.problems,
  };
}

/** What the objects of a cluster say of its network. */
export function factsOf(objects: readonly NetworkObject[]): ClusterNetwork {
  const manifests = objects.map(({ manifest }) => manifest);
  const nodes = manifests.filter(({ kind }) => kind === 'Node');
  const pods = nodes.flatMap(({ spec }) => {
    const { podCIDR, podCIDRs } = mapOf(spec);
    return Array.isArray(podCIDRs) ? podCIDRs.map(String) : typeof podCIDR === 'string' ? [podCIDR] : [];
  });
  const addresses = nodes.flatMap(({ status }) =>
    listOf(mapOf(status).addresses)
      .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
      .map(({ address }) => String(address)),
  );
  const service = manifests
    .filter(
      ({ kind, metadata }) =>
        kind === 'Service' && metadata.namespace === 'default' && metadata.name === 'kubernetes',
    )
    .flatMap(({ spec }) => {
      const { clusterIPs, ports } = mapOf(spec);
      return pairs(Array.isArray(clusterIPs) ? clusterIPs : [], ports);
    });
  const endpoints = manifests
    .filter(
      ({ kind, metadata }) =>
        kind === 'EndpointSlice' &&
        metadata.namespace === 'default' &&
        metadata.labels?.['kubernetes.io/service-name'] === 'kubernetes',
    )
    .flatMap((slice) =>
      pairs(
        listOf(slice.endpoints).flatMap((endpoint) =>
          Array.isArray(endpoint.addresses) ? endpoint.addresses : [],
        ),
        slice.ports,
      ),
    );
  return {
    ...(pods.length === 0 ? {} : { pods }),
    ...(addresses.length === 0 ? {} : { nodes: [...new Set(addresses)].map(rangeOf) }),
    ...(service.length === 0 && endpoints.length === 0 ? {} : { apiServer: { service, endpoints } }),
  };
}

function pairs(addresses: readonly unknown[], ports: unknown): readonly AddressPort[] {
  return addresses.flatMap((address) =>
    listOf(ports).map(({ port }) => ({ address: String(address), port: Number(port) })),
  );
}

function rangeOf(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
