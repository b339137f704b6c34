import fc from 'fast-check';
import type { Manifest } from '../../../constructs';

/* Small clusters in which everything that the NetworkPolicy API knows comes up, and often meets. */

/** The objects of one cluster; all pods have addresses, and their family is the same, or they have both. */
export interface NetworkCase {
  readonly objects: readonly Manifest[];
  readonly pods: readonly Manifest[];
}

const NAMESPACES = ['default', 'shop', 'pay'];
const KEYS = ['app', 'tier', 'constructor', 'example.com/x'];
const VALUES = ['a', 'b', ''];
const PORTS = [1, 53, 80, 81, 443, 8080, 65534, 65535];
const PORT_NAMES = ['web', 'dns', 'x-1'];
const BLOCKS_4 = ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/29', '10.0.0.2/31', '10.0.0.3/32', '192.0.2.0/24'];
const BLOCKS_6 = ['::/0', 'fd00::/8', 'fd00::/125', 'fd00::2/127', 'fd00::3/128', '2001:db8::/32'];

/** Addresses outside of pods: some that blocks of the cases hold, and some that they do not. */
export const OUTSIDE_4 = ['192.0.2.7', '203.0.113.1', '10.0.0.7', '10.0.0.8', '10.200.0.1'];
export const OUTSIDE_6 = ['2001:db8::7', '2001:db9::1', 'fd00::7', 'fd00::8', 'fe80::1'];

export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
/** Left out, null, or something: what the API takes as the same are different cases here. */
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 1, arbitrary: fc.constantFrom(undefined, null) }, { weight: 4, arbitrary: value });
const few = <T>(value: fc.Arbitrary<T>, max = 2): fc.Arbitrary<T[]> => fc.array(value, { maxLength: max });
/** An object without the fields that are undefined, as JSON has it. */
const object = <T>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> =>
  fc.record(fields).map((made) => JSON.parse(JSON.stringify(made)) as T);

const labels = fc.dictionary(some(KEYS), some(VALUES), { maxKeys: 3, noNullPrototype: true });

const expression = (keys: readonly string[], values: readonly string[]) =>
  fc.oneof(
    object({
      key: some(keys),
      operator: some(['In', 'NotIn']),
      values: fc.array(some(values), { minLength: 1, maxLength: 2 }),
    }),
    object({ key: some(keys), operator: some(['Exists', 'DoesNotExist']) }),
  );

const selector = (keys: readonly string[], values: readonly string[]) =>
  object({
    matchLabels: maybe(fc.dictionary(some(keys), some(values), { maxKeys: 1, noNullPrototype: true })),
    matchExpressions: maybe(few(expression(keys, values), 1)),
  });

const podSelector = selector(KEYS, VALUES);
const namespaceSelector = fc.oneof(
  selector(KEYS, VALUES),
  selector(['kubernetes.io/metadata.name'], NAMESPACES),
);

const block = some([BLOCKS_4, BLOCKS_6]).chain((blocks) =>
  fc.tuple(some(blocks), fc.array(some(blocks), { maxLength: 2 })).map(([cidr, except]) => {
    const length = (text: string): number => Number(text.split('/')[1]);
    // Only what is within is taken; these are lists of ranges each of which holds the next, but for the last.
    const inside = except.filter(
      (one) =>
        length(one) > length(cidr) && cidr !== blocks.at(-1) && (one !== blocks.at(-1) || cidr === blocks[0]),
    );
    return { ipBlock: { cidr, ...(inside.length === 0 ? {} : { except: inside }) } };
  }),
);

const peer = fc.oneof(
  object({ podSelector }),
  object({ namespaceSelector }),
  object({ podSelector, namespaceSelector }),
  block,
  block,
);

const rulePort = fc.oneof(
  object({ protocol: maybe(some(PROTOCOLS)) }),
  object({ protocol: maybe(some(PROTOCOLS)), port: some(PORTS) }),
  object({ protocol: maybe(some(PROTOCOLS)), port: some(PORT_NAMES) }),
  fc
    .tuple(maybe(some(PROTOCOLS)), some(PORTS), some(PORTS))
    .map(([protocol, a, b]) => ({ protocol, port: Math.min(a, b), endPort: Math.max(a, b) })),
);

const rule = (side: 'from' | 'to') =>
  object({ [side]: maybe(few(peer)), ports: maybe(few(rulePort)) } as Record<string, fc.Arbitrary<unknown>>);

const spec = object({
  podSelector: maybe(podSelector),
  policyTypes: maybe(fc.uniqueArray(some(['Ingress', 'Egress']), { maxLength: 2 })),
  ingress: maybe(few(rule('from'))),
  egress: maybe(few(rule('to'))),
});

const containerPort = object({
  containerPort: some(PORTS),
  protocol: some([undefined, ...PROTOCOLS]),
  name: some([undefined, ...PORT_NAMES]),
});

const container = fc.uniqueArray(containerPort, {
  maxLength: 3,
  selector: ({ containerPort: port, protocol = 'TCP' }) => `${protocol} ${port}`,
});

type Families = 'ipv4' | 'ipv6' | 'dual';

const pod = (families: Families) =>
  fc.record({
    namespace: some(NAMESPACES),
    labels: fc.oneof(labels, fc.constant(undefined)),
    ports: container,
    hostNetwork: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
    both: fc.boolean(),
    families: fc.constant(families),
  });

/** Clusters of a few namespaces, pods and policies. */
export const networkCases: fc.Arbitrary<NetworkCase> = some<Families>(['ipv4', 'ipv6', 'dual'])
  .chain((families) =>
    fc.record({
      pods: fc.array(pod(families), { minLength: 2, maxLength: 5 }),
      namespaces: fc.dictionary(some(NAMESPACES), labels, { noNullPrototype: true }),
      policies: fc.array(fc.record({ namespace: some(NAMESPACES), spec }), { maxLength: 5 }),
    }),
  )
  .map(({ pods: drawn, namespaces, policies }) => {
    const pods = drawn.map(({ namespace, labels, ports, hostNetwork, families, both }, at): Manifest => {
      const four = families === 'ipv6' ? [] : [{ ip: `10.0.0.${at + 1}` }];
      const six = families === 'ipv6' || (families === 'dual' && both) ? [{ ip: `fd00::${at + 1}` }] : [];
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod-${at}`, namespace, ...(labels === undefined ? {} : { labels }) },
        spec: { containers: [{ name: 'main', ports }], ...(hostNetwork ? { hostNetwork } : {}) },
        status: { podIPs: [...four, ...six] },
      };
    });
    return {
      pods,
      objects: [
        ...Object.entries(namespaces).map(([name, own]): Manifest => ({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name, labels: own },
        })),
        ...pods,
        ...policies.map(({ namespace, spec }, at): Manifest => ({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: `policy-${at}`, namespace },
          spec,
        })),
      ],
    };
  });

/** The ports at which verdicts may change: those that containers and rules name, and their neighbours. */
export function interestingPorts({ objects }: NetworkCase): readonly number[] {
  const named = [...JSON.stringify(objects).matchAll(/"(?:port|endPort|containerPort)":(\d+)/g)].map(
    ([, port]) => Number(port),
  );
  const all = new Set([22, ...named.flatMap((port) => [port - 1, port, port + 1])]);
  return [...all].filter((port) => port >= 1 && port <= 65535).sort((a, b) => a - b);
}

/** The addresses outside of pods that are of a family of the cluster. */
export function outsideOf({ pods }: NetworkCase): readonly string[] {
  const text = JSON.stringify(pods.map(({ status }) => status));
  return [...(text.includes('10.0.0') ? OUTSIDE_4 : []), ...(text.includes('fd00::') ? OUTSIDE_6 : [])];
}

/** Whether two ends have addresses of one family: where they have none, no policy decides. */
export function canMeet(one: Manifest | string, other: Manifest | string): boolean {
  const families = familiesOf(other);
  return familiesOf(one).some((family) => families.includes(family));
}

function familiesOf(end: Manifest | string): readonly boolean[] {
  const addresses =
    typeof end === 'string'
      ? [end]
      : (end.status as { readonly podIPs: readonly { readonly ip: string }[] }).podIPs.map(({ ip }) => ip);
  return addresses.map((address) => address.includes(':'));
}
