import { KeelsonApp, SecretReference, SelfManagedCluster } from '../../constructs';

/**
 * A cluster of three control planes and two workers, with users from an issuer of tokens and a network of IPv4 and IPv6.
 *
 * @param outdir where synth writes it
 */
export function exampleCluster(outdir?: string): KeelsonApp {
  const app = new KeelsonApp({ outdir });
  new SelfManagedCluster(app, 'prod', {
    kubernetes: '1.37.2',
    endpoint: 'api.prod.example:6443',
    controlPlanes: [
      { name: 'cp-1', address: '10.0.0.11' },
      { name: 'cp-2', address: '10.0.0.12' },
      { name: 'cp-3', address: '10.0.0.13' },
    ],
    workers: [
      { name: 'worker-1', address: '10.0.0.21' },
      { name: 'worker-2', address: '10.0.0.22' },
    ],
    pods: ['10.244.0.0/16', 'fd00:10:244::/56'],
    services: ['10.96.0.0/16', 'fd00:10:96::/112'],
    outside: {
      administrators: ['192.0.2.0/28'],
      apiServers: ['10.0.0.5'],
      loadBalancers: ['10.0.0.5'],
      resolvers: ['10.0.0.53'],
      timeServers: ['10.0.0.123'],
      registries: ['10.0.0.44'],
    },
    encryption: { keys: [{ name: 'key-2026-11', secret: new SecretReference('encryption/key-2026-11') }] },
    authentication: {
      issuers: [
        {
          url: 'https://login.example',
          audiences: ['prod'],
          username: { claim: 'sub', prefix: 'staff:' },
          groups: { claim: 'groups', prefix: 'staff:' },
        },
      ],
    },
  });
  return app;
}
