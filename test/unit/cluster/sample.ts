import { KeelsonApp, SelfManagedCluster, type SelfManagedClusterProps } from '../../../constructs';
import { SecretReference } from '../../../constructs/secrets/secret-reference';

/** Properties of a sound cluster of three control planes and a worker. */
export const PROPS: SelfManagedClusterProps = {
  kubernetes: '1.37.2',
  endpoint: 'api.example:6443',
  controlPlanes: [
    { name: 'cp-1', address: '192.0.2.11' },
    { name: 'cp-2', address: '192.0.2.12' },
    { name: 'cp-3', address: '192.0.2.13' },
  ],
  workers: [{ name: 'worker-1', address: '192.0.2.21' }],
  pods: ['10.244.0.0/16'],
  outside: { administrators: ['198.51.100.0/24'], loadBalancers: ['192.0.2.5'] },
  encryption: { keys: [{ name: 'key-1', secret: new SecretReference('encryption/key-1') }] },
};

/** A cluster with some properties changed. */
export function cluster(props: Partial<SelfManagedClusterProps> = {}): SelfManagedCluster {
  return new SelfManagedCluster(new KeelsonApp(), 'prod', { ...PROPS, ...props });
}
