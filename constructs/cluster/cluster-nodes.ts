import { Ip } from '../../model';
import { CRYPTOGRAPHY } from '../control-plane/cryptography';
import type { ClusterAddresses } from '../node/cluster-addresses';
import type { NodeRole } from '../node/firewall';
import { NodeConfiguration } from '../node/node-configuration';
import { parseEndpoint } from './cluster-check';
import type { SelfManagedClusterProps } from './cluster-props';
import type { Machine } from './machine';

/** Ranges of Services where nothing else is said. */
export const DEFAULT_SERVICE_RANGES: readonly string[] = ['10.96.0.0/16'];

/** Who is where in a cluster, as its firewalls need it. */
export function addressesOf(props: SelfManagedClusterProps): ClusterAddresses {
  const {
    outside,
    endpoint,
    controlPlanes,
    workers = [],
    etcd,
    pods,
    services = DEFAULT_SERVICE_RANGES,
  } = props;
  const of = (machines: readonly Machine[]): readonly string[] => machines.map(({ address }) => address);
  // Where the endpoint is an address, nodes have to reach it; where it is a name, only who wrote `apiServers` knows.
  const host = parseEndpoint(endpoint)?.host ?? '';
  const isElsewhere = Ip.parse(host) !== undefined && !of(controlPlanes).includes(host);
  const apiServers = [...new Set([...(outside.apiServers ?? []), ...(isElsewhere ? [host] : [])])];
  return {
    ...outside,
    ...(apiServers.length === 0 ? {} : { apiServers }),
    nodes: of([...controlPlanes, ...workers]),
    controlPlanes: of(controlPlanes),
    pods,
    services,
    ...(etcd === undefined ? {} : { etcd: of(etcd) }),
  };
}

/** What every machine of a role has, of a node: kubelet, runtime, kernel, firewall. */
export function nodeOf(props: SelfManagedClusterProps, role: NodeRole): NodeConfiguration {
  const { cryptography = 'modern', nodes, domain } = props;
  return new NodeConfiguration({
    ...nodes,
    kubelet: { ...(domain === undefined ? {} : { clusterDomain: domain }), ...nodes?.kubelet },
    role,
    addresses: addressesOf(props),
    apiServerPort: parseEndpoint(props.endpoint)?.port,
    cryptography: CRYPTOGRAPHY[cryptography],
  });
}
