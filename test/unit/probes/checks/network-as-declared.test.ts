import type { ApiClient } from '../../../../probes/client/api-client';
import probe from '../../../../probes/checks/network-as-declared';
import type { Probe } from '../../../../probes/probe';
import { judged, namespace, objectsOf, pod, policy } from '../../support/network';

type Context = Parameters<Probe['run']>[0];

const IN_FROM_GATEWAY = policy(
  'in',
  '{ podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ingress } }, podSelector: { matchLabels: { app: gw } } }], ports: [{ port: 8080 }] }] }',
);
const DECLARED = namespace() + pod('web') + IN_FROM_GATEWAY;
const GATEWAY = namespace('ingress') + pod('gw', '[]', 'ingress');

/** The verdict over a cluster that has these objects. */
async function verdict(yaml: string) {
  const objects = objectsOf(yaml).map(({ manifest }) => manifest);
  const send = async ({ path }: { readonly path: string }) => {
    const collection = path.split('?')[0]!;
    const items = objects.filter(
      ({ apiVersion, kind }) =>
        collection ===
        `/${apiVersion === 'v1' ? 'api' : 'apis'}/${apiVersion}/${kind.toLowerCase().replace(/y$/, 'ie')}s`,
    );
    return { status: 200, body: '', warnings: [], json: <T>() => ({ items }) as T };
  };
  const declared = judged(DECLARED, {}, [{ namespace: 'ingress', labels: { app: 'gw' } }]).reachability;
  const client = { send } as unknown as ApiClient;
  return (await probe.run({ client, declared } as unknown as Context)).verdict;
}

it('holds where foreign pods are in the cluster, and where they are not', async () => {
  expect(await verdict(DECLARED)).toBe('holds');
  expect(await verdict(DECLARED + GATEWAY)).toBe('holds');
});

it.each([
  ['a pod with labels that others are let in by', pod('evil').replace('app: evil', 'app: web')],
  [
    'a policy that nobody judges',
    policy('all', '{}').replace('networking.k8s.io/v1', 'cilium.io/v2').replace('kind: N', 'kind: CiliumN'),
  ],
  ['a policy that opens more', policy('more', '{ podSelector: {}, ingress: [{}] }')],
])('fails with %s', async (_, yaml) => {
  expect(await verdict(DECLARED + GATEWAY + yaml)).toBe('fails');
});
