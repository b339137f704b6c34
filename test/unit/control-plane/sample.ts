import {
  ControlPlane,
  SecretReference,
  STANDARD_PORTS,
  type ControlPlaneLayout,
  type ControlPlaneProps,
} from '../../../constructs/control-plane';

/** A layout like that of a node. */
export const LAYOUT: ControlPlaneLayout = {
  host: '127.0.0.1',
  ports: STANDARD_PORTS,
  certificates: '/k/pki',
  configuration: '/k/config',
  kubeconfigs: '/k',
  etcdData: '/var/etcd',
  logs: '/var/log/k',
};

/** A control plane with one key, and what the test adds. */
export function sample(props: Partial<ControlPlaneProps> = {}): ControlPlane {
  return new ControlPlane({
    layout: LAYOUT,
    encryption: { keys: [{ name: 'key-1', secret: new SecretReference('encryption/key-1') }] },
    ...props,
  });
}
