import { factsOf } from '../../../probes/client/live-network';
import { judgeNetwork } from '../../../policies/network-checks';
import { AddressSet, differenceOf, isSame, reachabilityOf, readCluster } from '../../../reachability';
import { judged, namespace, objectsOf, pod, policy } from '../support/network';

/** Ways to have something open, and not shown: each was open once. */

const SHOP = namespace() + pod('web') + pod('api');
const workloads = (yaml: string) =>
  judged(yaml).reachability.points.flatMap((point) => (point.type === 'workload' ? [point.id] : []));
const flows = (yaml: string) => judged(yaml).reachability.flows.map(({ from, to }) => `${from} > ${to}`);
const intoApi = (peer: string) =>
  policy(
    'in',
    `{ podSelector: { matchLabels: { app: api } }, policyTypes: [Ingress], ingress: [{ from: [${peer}], ports: [{ port: 8080 }] }] }`,
  );

describe('whoever claims an owner is not hidden by it', () => {
  const claims = (kind: string, name: string, labels = 'app: web', more = '') => `
---
apiVersion: v1
kind: Pod
metadata: { name: evil, namespace: shop, labels: { ${labels} }, ownerReferences: [{ kind: ${kind}, name: ${name}, controller: true }] }
spec: { ${more}containers: [{ name: main, image: x, ports: [{ containerPort: 8080 }] }] }
`;
  const set = SHOP + pod('set').replace('kind: Pod', 'kind: ReplicaSet').replace('v1', 'apps/v1');
  const made = `${set.replace(/spec: (.*)\n$/, 'spec: { template: { metadata: { labels: { app: web } }, spec: $1 } }\n')}`;

  it('what a controller made as its template says is not counted beside it', () => {
    expect(workloads(made + claims('ReplicaSet', 'set'))).not.toContain('Pod shop/evil');
  });

  it.each([
    ['itself', claims('Pod', 'evil')],
    ['another pod', claims('Pod', 'web')],
    ['with a label more', claims('ReplicaSet', 'set', 'app: web, role: admin')],
    ['with another label', claims('ReplicaSet', 'set', 'app: api')],
    ['in the network of its node', claims('ReplicaSet', 'set', 'app: web', 'hostNetwork: true, ')],
  ])('%s', (_, object) => {
    expect(workloads(made + object)).toContain('Pod shop/evil');
  });
});

it('the status that somebody wrote in a file says nothing', () => {
  const over = pod('over').replace('spec:', 'status: { phase: Succeeded }\nspec:');
  expect(workloads(SHOP + over)).toContain('Pod shop/over');
  const elsewhere = pod('over').replace('spec:', 'status: { podIP: 203.0.113.9 }\nspec:');
  const out = policy(
    'out',
    '{ podSelector: { matchLabels: { app: over } }, policyTypes: [Egress], egress: [{}] }',
  );
  const yaml = SHOP + elsewhere + out + intoApi('{ ipBlock: { cidr: 10.0.0.0/8 } }');
  expect(flows(yaml)).toContain('Pod shop/over > Pod shop/api');
});

it("the cluster's DNS does not stand for all of kube-system", () => {
  const peer = '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }';
  expect(flows(SHOP + intoApi(peer))).toContain('all pods in kube-system > Pod shop/api');
});

it('a namespace of Kubernetes itself that is declared is judged all the same', () => {
  const yaml = namespace('x').replace(
    /^---[^]*?---/m,
    '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: kube-public }\n---',
  );
  const { findings } = judged(yaml + pod('web', '[]', 'kube-public'));
  expect(findings.map(({ control }) => control)).toContain('namespace-not-isolated');
});

it('a namespace that is there twice is a problem: the labels of which of them count?', () => {
  const again = '---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { team: a } }\n';
  expect(judged(SHOP + again).problems).toEqual([expect.objectContaining({ code: 'reach/duplicate' })]);
});

it.each(['extensions/v1beta1', 'crd.antrea.io/v1beta1', 'unknown.example/v1'])(
  'a network policy of %s is told, and a change of how many there are is a difference',
  (apiVersion) => {
    const other = intoApi('{}').replace('networking.k8s.io/v1', apiVersion);
    const [before, after] = [SHOP, SHOP + other].map((yaml) =>
      reachabilityOf(readCluster(objectsOf(yaml))),
    ) as [ReturnType<typeof reachabilityOf>, ReturnType<typeof reachabilityOf>];
    const difference = differenceOf(before, after);
    expect(difference.notCounted).toEqual([{ kind: `${apiVersion}/NetworkPolicy`, before: 0, after: 1 }]);
    expect(isSame(difference)).toBe(false);
  },
);

it('the ranges of nodes are those of pods only where pods have such addresses', () => {
  const facts = (ip: string, more = '') =>
    factsOf(
      objectsOf(`
apiVersion: v1
kind: Node
metadata: { name: one }
spec: { podCIDRs: [10.244.0.0/24] }
---
apiVersion: v1
kind: Pod
metadata: { name: a, namespace: a }
spec: { containers: []${more} }
status: { podIPs: [{ ip: ${ip} }] }
`),
    );
  expect(facts('10.244.0.9').pods).toEqual(['10.244.0.0/24']);
  expect(facts('192.0.2.9', ', hostNetwork: true').pods).toEqual(['10.244.0.0/24']);
  expect(facts('192.168.3.9').pods).toBeUndefined();
});

it('the value of a label that is no text is not known', () => {
  const yaml = SHOP.replace('labels: { app: web }', 'labels: { app: 1 }');
  const out = policy(
    'out',
    '{ podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: 8080 }] }] }',
  );
  const both = yaml + out + intoApi('{ podSelector: { matchLabels: { app: x } } }');
  expect(flows(both)).toContain('Pod shop/web > Pod shop/api');
});

describe('a policy of 100 KB takes no minute', () => {
  const objects = (rule: object) => [
    ...objectsOf(SHOP),
    {
      source: 'test',
      manifest: {
        ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
        metadata: { name: 'big', namespace: 'shop' },
        spec: { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Ingress'], ingress: [rule] },
      },
    },
  ];
  const address = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`;
  const list = <T>(of: (i: number) => T) => Array.from({ length: 8000 }, (_, i) => of(2 * i + 1));

  it.each([
    ['ports', { ports: list((port) => ({ port })) }],
    [
      'except',
      { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: list(address) } }], ports: [{ port: 8080 }] },
    ],
  ])('%s', (_, rule) => {
    const start = process.cpuUsage();
    judgeNetwork(objects(rule));
    // It took more than 30 s.
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(10);
  });

  it('exceptions that overlap, stand in any order, and are of both families', () => {
    const set = AddressSet.of(
      ['10.0.0.0/8', 'fd00::/8'],
      ['10.9.0.0/16', 'fd01::/16', '10.0.0.0/12', '10.0.0.0/16'],
    );
    for (const inside of ['10.16.0.0/16', 'fd02::/16'])
      expect(set.covers(AddressSet.of([inside]))).toBe(true);
    for (const left of ['10.9.0.0/24', '10.15.0.0/16', 'fd01::1/128'])
      expect(set.meets(AddressSet.of([left]))).toBe(false);
  });
});
