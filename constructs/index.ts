export {
  waived,
  type AcceptedPath,
  type AccessBaseline,
  type AddressPort,
  type ApiServerAddresses,
  type ClusterNetwork,
  type FirewallRule,
  type NetworkPlugin,
  type Waived,
  type WaiverGrant,
} from '../model';
export * from './access/api';
export * from './access/api-resource';
export * from './access/bound-role';
export * from './access/cluster-wide-role';
export * from './access/personas/personas';
export * from './access/role-waivers';
export * from './access/rule';
export * from './access/scoped-role';
export * from './access/serving-certificate-approver';
export type { RoleSubject } from './access/subject';
export * from './app';
export * from './cluster/cluster-props';
export * from './cluster/machine';
export * from './cluster/network-plugin';
export * from './cluster/policy-gap';
export * from './cluster/self-managed-cluster';
export * from './namespace/hardened-namespace';
export * from './namespace/namespace-limits';
export * from './namespace/system-namespaces';
export * from './network/addresses';
export * from './network/api-server-egress';
export * from './network/connectable';
export * from './network/connection';
export type { ConnectionEnd, ConnectionPeer, OutsidePeer } from './network/connection-end';
export type { ConnectionPort } from './network/connection-port';
export * from './network/default-deny';
export * from './network/dns-egress';
export * from './network/dns-serving';
export * from './network/foreign-pods';
export * from './network/host-egress';
export * from './network/named-port';
export * from './network/network-of';
export * from './network/port';
export * from './network/port-range';
export * from './output';
export * from './posture/posture';
export * from './posture/scoped-waivers';
export * from './render/after-render';
export * from './render/render-app';
export * from './secrets/external-secret';
export * from './secrets/provided-secret';
export * from './secrets/sealed-secret';
export * from './secrets/secret-reference';
export * from './secrets/secret-source';
export * from './serves';
export * from './workload/container-options';
export * from './workload/hardened-cron-job';
export * from './workload/hardened-daemon-set';
export * from './workload/hardened-deployment';
export * from './workload/hardened-job';
export * from './workload/hardened-pod';
export * from './workload/hardened-stateful-set';
export * from './workload/hardened-workload';
export * from './workload/workload-options';
