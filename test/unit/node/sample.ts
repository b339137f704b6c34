import {
  NodeConfiguration,
  type ClusterAddresses,
  type NodeConfigurationProps,
} from '../../../constructs/node';
import type { KeelsonError } from '../../../model';

/** A cluster with both families of addresses. */
export const ADDRESSES: ClusterAddresses = {
  nodes: ['10.0.0.0/24', 'fd00:1::/64'],
  controlPlanes: ['10.0.0.10', '10.0.0.11', 'fd00:1::10'],
  pods: ['10.244.0.0/16', 'fd00:2::/56'],
  services: ['10.96.0.0/16', 'fd00:3::/112'],
  administrators: ['192.0.2.0/28', '2001:db8::/64'],
  resolvers: ['10.0.9.53'],
  timeServers: ['10.0.9.123'],
  registries: ['10.0.9.44'],
};

/** A node, and what the test changes. */
export function sample(props: Partial<NodeConfigurationProps> = {}): NodeConfiguration {
  return new NodeConfiguration({ role: 'control-plane', addresses: ADDRESSES, ...props });
}

/** The problems of properties, in the order in which they are told. */
export function problemsOf(props: Partial<NodeConfigurationProps>): readonly string[] {
  try {
    sample(props);
    return [];
  } catch (error) {
    return (error as KeelsonError).problems.map(({ where, message }) => `${where}: ${message}`);
  }
}
