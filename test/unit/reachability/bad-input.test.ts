import fc from 'fast-check';
import type { Manifest } from '../../../constructs';
import { namespace, pod, policy, template } from '../support/reach';
import { readCluster, reachabilityOf, ReachabilityIndex, type NetworkObject } from '../../../reachability';

/** Another one each time; set `KEELSON_SEED` to that of a failed run to see it again. */
/** What takes this long on any machine has no bound. */
const HANG_MS = 60_000;

const seed = Number(process.env.KEELSON_SEED ?? Date.now() % 1e9);

/** Names that mean something to JavaScript, to labels, and nothing to either. */
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '', 'a', 'a=b', 'ü', '0'];

/** Fields by which readers find their way, so that garbage lies where they look. */
const FIELDS = [
  ...['metadata', 'spec', 'status', 'labels', 'name', 'namespace', 'ownerReferences', 'controller', 'kind'],
  ...['template', 'jobTemplate', 'containers', 'initContainers', 'restartPolicy', 'ports', 'hostNetwork'],
  ...['containerPort', 'hostPort', 'protocol', 'port', 'endPort', 'podIP', 'podIPs', 'ip', 'phase', 'items'],
  ...['podSelector', 'namespaceSelector', 'matchLabels', 'matchExpressions', 'key', 'operator', 'values'],
  ...['policyTypes', 'ingress', 'egress', 'from', 'to', 'ipBlock', 'cidr', 'except', ...NAMES],
];

const KINDS = [
  ...['v1/Pod', 'v1/Namespace', 'v1/ReplicationController', 'v1/List', 'v1/Service'],
  ...['apps/v1/Deployment', 'apps/v1/ReplicaSet', 'apps/v1/StatefulSet', 'apps/v1/DaemonSet'],
  ...[
    'batch/v1/Job',
    'batch/v1/CronJob',
    'networking.k8s.io/v1/NetworkPolicy',
    'cilium.io/v2/CiliumNetworkPolicy',
  ],
];

const TEXTS = [
  'In',
  'Exists',
  'Ingress',
  'TCP',
  '10.0.0.0/8',
  '::/0',
  '10.0.0.1',
  'Succeeded',
  'Always',
  'web',
];

const { garbage } = fc.letrec<{ garbage: unknown }>((tie) => ({
  garbage: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    fc.oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        false,
        0,
        -1,
        80,
        65536,
        1.5,
        1e300,
        Number.NaN,
        ...TEXTS,
        ...NAMES,
      ),
      fc.string({ unit: 'grapheme' }),
    ),
    fc.array(tie('garbage'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...FIELDS), tie('garbage')), { maxLength: 6 })
      // JSON makes a field of `__proto__`, as an object literal does not.
      .map(
        (entries) =>
          JSON.parse(
            `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value) ?? 'null'}`).join()}}`,
          ) as unknown,
      ),
  ),
}));

const objects: fc.Arbitrary<readonly NetworkObject[]> = fc.array(
  fc
    .tuple(fc.constantFrom(...KINDS), garbage, garbage, garbage, garbage)
    .map(([type, metadata, spec, status, rest]) => {
      const slash = type.lastIndexOf('/');
      const fields = rest !== null && typeof rest === 'object' && !Array.isArray(rest) ? rest : {};
      const made = {
        ...fields,
        metadata,
        spec,
        status,
        apiVersion: type.slice(0, slash),
        kind: type.slice(slash + 1),
      };
      return { manifest: made as unknown as Manifest, source: 'test' };
    }),
  { maxLength: 6 },
);

/** Objects that are right, of every kind that is read. */
const RIGHT: readonly Manifest[] = [
  namespace('a', { team: 'one' }),
  pod(
    'a/pod',
    { app: 'web' },
    { ports: [80, { name: 'web', containerPort: 8080 }], ips: ['10.0.0.1', 'fd00::1'] },
  ),
  {
    ...pod('a/owned', { app: 'web' }),
    metadata: {
      ...{ namespace: 'a', name: 'owned', labels: { app: 'web' } },
      ...{ ownerReferences: [{ kind: 'Job', name: 'job', controller: true }] },
    },
  } as Manifest,
  holder('apps/v1', 'Deployment', {
    template: template({ app: 'api' }, { ports: [443], hostNetwork: true }),
  }),
  holder('batch/v1', 'Job', { template: template({ app: 'job' }) }),
  holder('batch/v1', 'CronJob', { jobTemplate: { spec: { template: template({ app: 'cron' }) } } }),
  policy('a/policy', {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['one'] }] } },
          { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
        ],
        ports: [{ protocol: 'TCP', port: 80, endPort: 90 }, { port: 'web' }],
      },
    ],
    egress: [{ to: [{ podSelector: {} }] }],
  }),
];

function holder(apiVersion: string, kind: string, spec: object): Manifest {
  return { apiVersion, kind, metadata: { namespace: 'a', name: kind.toLowerCase() }, spec };
}

/** The objects with something else in one place; their kind stays. Also how many places there are. */
function broken(place: number, value: unknown): { given: readonly NetworkObject[]; places: number } {
  let places = 0;
  const copy = (node: unknown, depth: number, key = ''): unknown => {
    if (depth > 1 && key !== 'kind' && key !== 'apiVersion' && places++ === place) return value;
    if (Array.isArray(node)) return node.map((inner) => copy(inner, depth + 1));
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(
      Object.entries(node).map(([name, inner]) => [name, copy(inner, depth + 1, depth === 1 ? name : '')]),
    );
  };
  const manifests = copy(RIGHT, 0) as readonly Manifest[];
  return { given: manifests.map((manifest) => ({ manifest, source: 'test' })), places };
}

const PLACES = broken(-1, undefined).places;

function answer(given: readonly NetworkObject[], network?: Parameters<typeof readCluster>[1]): unknown {
  const cluster = readCluster(given, network);
  const reachability = reachabilityOf(cluster);
  return new ReachabilityIndex(JSON.parse(JSON.stringify(reachability))).openings({
    from: '10.0.0.1',
    to: 'dns',
    protocol: 'UDP',
    port: 53,
  });
}

it(`reads whatever objects of these kinds may hold (KEELSON_SEED=${seed})`, () => {
  fc.assert(
    fc.property(objects, (given) => {
      expect(() => answer(given)).not.toThrow();
    }),
    { seed, numRuns: 1500 },
  );
});

it(`reads objects that are right but for one place (KEELSON_SEED=${seed})`, () => {
  fc.assert(
    fc.property(fc.nat(PLACES - 1), garbage, (place, value) => {
      expect(() => answer(broken(place, value).given)).not.toThrow();
    }),
    { seed, numRuns: 1500 },
  );
});

it('reads the right ones, so that the place is what is wrong', () => {
  expect(readCluster(broken(-1, {}).given).problems).toEqual([]);
});

it(
  'comes to an end for what is deep',
  () => {
    let deep: unknown = {};
    for (let i = 0; i < 100_000; i += 1) deep = { spec: [deep] };
    for (const field of ['metadata', 'spec', 'status'])
      for (const { manifest } of broken(-1, {}).given)
        answer([{ manifest: { ...manifest, [field]: deep } as Manifest, source: 'test' }]);
  },
  HANG_MS,
);

it(
  'comes to an end for texts that look like names and ranges for long',
  () => {
    const long = 'a-'.repeat(100_000);
    for (const key of [long, 'a.'.repeat(100_000), `${'a.-'.repeat(80)}/a`, `${'a-'.repeat(126)}/-`])
      expect(
        readCluster([
          { manifest: policy('a/p', { podSelector: { matchLabels: { [key]: 'a' } } }), source: 'test' },
        ]).problems,
      ).toHaveLength(1);
    for (let place = 0; place < PLACES; place += 1) answer(broken(place, long).given);
    for (let place = 0; place < PLACES; place += 1) answer(broken(place, '1.'.repeat(100_000)).given);
  },
  HANG_MS,
);
