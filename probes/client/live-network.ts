import type { Manifest } from '../../constructs';
import { Cidr, type AddressPort, type ClusterNetwork, type Problem } from '../../model';
import { KINDS, POD_KINDS, type Kind } from '../../policies/kinds';
import { AddressSet, listOf, mapOf, type NetworkObject } from '../../reachability';
import type { Api } from './list';
import { listedObjects, type ListingOptions } from './listed-objects';

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
  other('NetworkPolicy', 'projectcalico.org', 'v3', 'networkpolicies'),
  other('GlobalNetworkPolicy', 'projectcalico.org', 'v3', 'globalnetworkpolicies'),
  other('NetworkPolicy', 'crd.projectcalico.org', 'v1', 'networkpolicies'),
  other('GlobalNetworkPolicy', 'crd.projectcalico.org', 'v1', 'globalnetworkpolicies'),
  other('AdminNetworkPolicy', 'policy.networking.k8s.io', 'v1alpha1', 'adminnetworkpolicies'),
  other('BaselineAdminNetworkPolicy', 'policy.networking.k8s.io', 'v1alpha1', 'baselineadminnetworkpolicies'),
  other('ClusterNetworkPolicy', 'policy.networking.k8s.io', 'v1alpha2', 'clusternetworkpolicies'),
  other('NetworkPolicy', 'crd.antrea.io', 'v1beta1', 'networkpolicies'),
  other('ClusterNetworkPolicy', 'crd.antrea.io', 'v1beta1', 'clusternetworkpolicies'),
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
 * Reads everything of a cluster that decides over its network, page by page.
 *
 * @param server what places in problems start with, for example `https://127.0.0.1:6443`
 */
export async function readLiveNetwork(api: Api, server: string): Promise<LiveNetwork> {
  const problems: Problem[] = [];
  const objects: NetworkObject[] = [];
  for (const kind of NETWORK_KINDS) objects.push(...(await listed(kind, api, { server, problems })));
  // A cluster without the plugin does not know the kind.
  for (const kind of OTHER_POLICIES)
    objects.push(...(await listed(kind, api, { server, problems, absent: 404 })));
  const facts: NetworkObject[] = [];
  for (const kind of [NODE, ENDPOINT_SLICE]) facts.push(...(await listed(kind, api, { server, problems })));
  return { objects, network: factsOf([...objects, ...facts]), problems };
}

/** What a cluster says, its status included. */
async function listed(kind: Kind, api: Api, options: ListingOptions): Promise<readonly NetworkObject[]> {
  return (await listedObjects(kind, api, options)).map((object) => ({ ...object, live: true }));
}

/** What the objects of a cluster say of its network. */
export function factsOf(objects: readonly NetworkObject[]): ClusterNetwork {
  const manifests = objects.map(({ manifest }) => manifest);
  const nodes = manifests.filter(({ kind }) => kind === 'Node');
  const pods = nodes.flatMap(({ spec }) => {
    const { podCIDR, podCIDRs } = mapOf(spec);
    return Array.isArray(podCIDRs) ? podCIDRs.map(String) : typeof podCIDR === 'string' ? [podCIDR] : [];
  });
  // Many plugins give pods addresses of their own pools: the ranges of the nodes then say nothing.
  const used = AddressSet.of(manifests.filter(({ kind }) => kind === 'Pod').flatMap(podAddresses));
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
    ...(pods.length === 0 || !AddressSet.of(pods).covers(used) ? {} : { pods }),
    ...(addresses.length === 0
      ? {}
      : { nodes: [...new Set(addresses)].flatMap((text) => Cidr.parseAny(text)?.toString() ?? []) }),
    ...(service.length === 0 && endpoints.length === 0 ? {} : { apiServer: { service, endpoints } }),
  };
}

/** The addresses of a pod that has its own network. */
function podAddresses({ spec, status }: Manifest): readonly string[] {
  if (mapOf(spec).hostNetwork === true) return [];
  return listOf(mapOf(status).podIPs).map(({ ip }) => String(ip));
}

function pairs(addresses: readonly unknown[], ports: unknown): readonly AddressPort[] {
  return addresses.flatMap((address) =>
    listOf(ports).map(({ port }) => ({ address: String(address), port: Number(port) })),
  );
}
