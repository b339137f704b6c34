/** `keelson reach` on the live control plane: the same matrix as at synth, and what the API server takes for a policy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import {
  Addresses,
  api,
  ForeignPods,
  foreignPeers,
  HardenedDeployment,
  HardenedNamespace,
  KeelsonApp,
  Port,
  renderApp,
  type Manifest,
} from '../../constructs';
import { enforceAtSynth, EXEMPT_NAMESPACES } from '../../policies';
import { runProbes } from '../../probes';
import networkAsDeclared from '../../probes/checks/network-as-declared';
import { readLiveNetwork } from '../../probes/client/live-network';
import { parseReachability, reachabilityOf, readCluster, type Reachability } from '../../reachability';
import { clusterOf, type Cluster } from './support/cluster';
import { keelson, PROJECT, SHARED_STATE } from './support/keelson';

const DIST = join(PROJECT, 'dist');
const POLICIES = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';

const IMAGE = `registry.example/app@sha256:${'a'.repeat(64)}`;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await clusterOf(SHARED_STATE);
});
afterAll(() => cluster.client.close());

const declared = (): Reachability =>
  parseReachability(JSON.parse(readFileSync(join(DIST, 'reachability.json'), 'utf8')), 'dist');

async function live(...flags: readonly string[]) {
  const { kubeconfig } = cluster.controlPlane;
  return keelson('reach', '--live', '--kubeconfig', kubeconfig, '--against', DIST, ...flags);
}

/** The flows with their policies, without where these stand. */
const matrix = ({ flows }: Reachability) => flows;

test('the live objects give the matrix of synth', async () => {
  const run = await live();
  expect(run.output).toContain('This change opens nothing and closes nothing.');
  expect(run.code).toBe(0);
  const { kubeconfig } = cluster.controlPlane;
  const data = await keelson(
    'reach',
    '--live',
    '--kubeconfig',
    kubeconfig,
    '--format',
    'json',
    '--network',
    join(__dirname, 'support', 'no-network.yaml'),
  );
  expect(matrix(JSON.parse(data.output) as Reachability)).toEqual(matrix(declared()));
  expect(matrix(declared()).length).toBeGreaterThan(5);
});

test('the reviewed folder gives it, too, and says why', async () => {
  const run = await keelson('reach', DIST, '--from', 'web', '--to', 'database');
  expect(run.code).toBe(0);
  expect(run.output).toContain('Deployment shop/web → Deployment shop/database: denied in all ports');
  expect(run.output).toMatch(/shop\/default-deny \(.*0000-platform\.k8s\.yaml:\d+\)/);
});

test('a policy that somebody takes away is named, by the command and by the probe', async () => {
  const path = `${POLICIES}/default-deny`;
  const probe = async () => {
    const [evidence] = await runProbes([networkAsDeclared], { client: cluster.client, declared: declared() });
    return evidence!;
  };
  expect(await probe()).toMatchObject({ verdict: 'holds' });
  expect((await cluster.client.send({ method: 'DELETE', path })).status).toBe(200);
  try {
    const { output } = await live();
    expect(output).toContain('This change takes away what denies by default');
    expect(output).toMatch(/! shop\/web: ingress/);
    expect(output).toMatch(/\+ outside → shop\/web: everything/);
    const { verdict, observations } = await probe();
    expect(verdict).toBe('fails');
    expect(observations.map(({ seen }) => seen).join('\n')).toMatch(/open and not declared: /);
  } finally {
    // Whoever made it, puts it back: made by anybody else it would not be the same object to Pulumi.
    expect((await keelson('up')).code).toBe(0);
  }
  expect((await live()).output).toContain('This change opens nothing and closes nothing.');
  expect(await probe()).toMatchObject({ verdict: 'holds' });
});

test('the API server takes the policies of every kind of connection', async () => {
  const app = new KeelsonApp({
    network: {
      ...{ pods: ['10.244.0.0/16', 'fd00:10::/56'], services: ['10.96.0.0/12'], nodes: ['192.0.2.0/24'] },
      apiServer: {
        service: [{ address: '10.96.0.1', port: 443 }],
        endpoints: [
          { address: '192.0.2.10', port: 6443 },
          { address: '2001:db8::10', port: 6443 },
        ],
      },
    },
  });
  const chart = new Chart(app, 'e2e');
  // It is there, and has the quota that the stack gave it.
  const namespace = new HardenedNamespace(chart, 'shop');
  const made = (name: string, options: object = {}) =>
    new HardenedDeployment(chart, name, {
      namespace,
      image: IMAGE,
      port: Port.tcp(8080, { name: 'http' }),
      ...options,
    });
  const a = made('e2e-a');
  a.mayCall(api.configMaps, ['get']);
  const b = made('e2e-b', { portRanges: [Port.udpRange(16384, 16484)] });
  a.connectTo(b, Port.named('http'));
  b.connectTo(a, Port.tcp(8080));
  a.connectTo(b, Port.udpRange(16384, 16390));
  a.connectTo(
    Addresses.of(chart, 'payments', {
      ranges: ['203.0.113.0/24', '2001:db8:5::/48'],
      except: ['203.0.113.128/25'],
    }),
    Port.sctp(5060),
  );
  b.connectTo(Addresses.everywhere(chart, 'everywhere'), Port.tcp(443));
  b.acceptFrom(Addresses.nodes(chart), Port.tcp(8080));
  b.acceptFrom(
    new ForeignPods(chart, 'gateway', { namespace: 'ingress', labels: { app: 'gateway' } }),
    Port.tcp(8080),
  );
  a.acceptFromApiServer(Port.tcp(8080));
  b.connectToApiServer();
  const rendered = renderApp(app);
  const { reachability } = enforceAtSynth(rendered, { now: new Date() });
  const policies = rendered.objects
    .map(({ manifest }) => manifest)
    .filter(({ kind }) => kind === 'NetworkPolicy');
  expect(policies.length).toBeGreaterThan(12);
  // Those of the namespace itself are there already.
  const own = policies.filter(({ metadata }) => metadata.name!.startsWith('e2e-'));
  for (const body of own) {
    const { name } = body.metadata;
    const { status, body: said } = await cluster.client.send({ method: 'POST', path: POLICIES, body });
    expect({ name, status, said: status === 201 ? '' : said }).toMatchObject({ status: 201 });
  }
  try {
    // What is stored means what was written.
    const { objects } = await readLiveNetwork(cluster.client, '');
    const stored = objects.filter(
      ({ manifest }) => manifest.kind === 'NetworkPolicy' && manifest.metadata.namespace === 'shop',
    );
    const workloads = rendered.objects.filter(
      ({ manifest }) => manifest.kind === 'Deployment' || manifest.kind === 'Namespace',
    );
    const before = rendered.objects.map(({ manifest, path }) => ({ manifest, source: path }));
    const names = new Set(policies.map(({ metadata }) => metadata.name));
    const after = [
      ...stored.filter(({ manifest }) => names.has(manifest.metadata.name)),
      ...workloads.map(({ manifest, path }) => ({ manifest, source: path })),
    ];
    const live = reachabilityOf(readCluster(after, app.network, foreignPeers(app)));
    expect(live.flows).toEqual(reachabilityOf(readCluster(before, app.network, foreignPeers(app))).flows);
    expect(live.flows).toEqual(reachability.flows);
    expect(live.flows.length).toBeGreaterThan(10);
  } finally {
    for (const { metadata } of own)
      await cluster.client.send({ method: 'DELETE', path: `${POLICIES}/${metadata.name}` });
  }
});

const PODS = { podSelector: { matchLabels: { a: 'b' } } };
const rule = (to: unknown, ports: unknown = [{ port: 443 }]) => ({
  ...PODS,
  policyTypes: ['Egress'],
  egress: [{ to: [to], ports }],
});
const ports = (...list: readonly unknown[]) => rule(PODS, list);
const block = (cidr: string, ...except: readonly string[]) => rule({ ipBlock: { cidr, except } });
const expression = (operator: string, values?: readonly string[]) =>
  rule({
    podSelector: { matchExpressions: [{ key: 'a', operator, ...(values === undefined ? {} : { values }) }] },
  });

const SPECS: Readonly<Record<string, unknown>> = {
  'nothing but pods': PODS,
  'no selector': { policyTypes: ['Ingress'] },
  'an empty selector': { podSelector: {} },
  'an unknown type': { ...PODS, policyTypes: ['Both'] },
  'no types': { ...PODS, policyTypes: [] },
  'three types': { ...PODS, policyTypes: ['Ingress', 'Egress', 'Ingress'] },
  'a rule for all': { ...PODS, ingress: [{}] },
  'a peer that is nobody': rule({}),
  'a peer of all pods': rule({ podSelector: {} }),
  'pods and addresses': rule({ ...PODS, ipBlock: { cidr: '192.0.2.0/24' } }),
  'namespaces and addresses': rule({ namespaceSelector: {}, ipBlock: { cidr: '192.0.2.0/24' } }),
  'port 0': ports({ port: 0 }),
  'port 1': ports({ port: 1 }),
  'port 65535': ports({ port: 65535 }),
  'port 65536': ports({ port: 65536 }),
  'no port': ports({ protocol: 'UDP' }),
  'a named port': ports({ port: 'http' }),
  'a port named by number': ports({ port: '8080' }),
  'a long name': ports({ port: 'abcdefghijklmno' }),
  'a name that is too long': ports({ port: 'abcdefghijklmnop' }),
  'a name in upper case': ports({ port: 'HTTP' }),
  'a name with two dashes': ports({ port: 'a--b' }),
  'a name that ends in a dash': ports({ port: 'a-' }),
  'an unknown protocol': ports({ port: 1, protocol: 'ICMP' }),
  SCTP: ports({ port: 1, protocol: 'SCTP' }),
  'a range': ports({ port: 1, endPort: 2 }),
  'a range of one': ports({ port: 2, endPort: 2 }),
  'a range backwards': ports({ port: 2, endPort: 1 }),
  'an end without a start': ports({ endPort: 2 }),
  'a named start': ports({ port: 'http', endPort: 2 }),
  'an end of 0': ports({ port: 1, endPort: 0 }),
  'an end of 65536': ports({ port: 1, endPort: 65536 }),
  'a range of addresses': block('192.0.2.0/24'),
  'an address': block('192.0.2.1'),
  'a long prefix': block('192.0.2.0/33'),
  'an IPv6 range': block('2001:db8::/32'),
  'an IPv6 range in capitals': block('2001:DB8::/32'),
  'an exception': block('192.0.2.0/24', '192.0.2.128/25'),
  'an exception outside': block('192.0.2.0/24', '198.51.100.0/25'),
  'an exception of everything': block('192.0.2.0/24', '192.0.2.0/24'),
  'an exception that is larger': block('192.0.2.0/24', '192.0.0.0/16'),
  'an exception of the other family': block('192.0.2.0/24', '2001:db8::/64'),
  'an exception that is none': block('192.0.2.0/24', 'x'),
  In: expression('In', ['b']),
  'In nothing': expression('In', []),
  'NotIn without values': expression('NotIn'),
  Exists: expression('Exists'),
  'Exists with values': expression('Exists', ['b']),
  'DoesNotExist with values': expression('DoesNotExist', ['b']),
  'an unknown operator': expression('Near', ['b']),
  'a label that is none': { podSelector: { matchLabels: { 'a b': 'c' } } },
  'a value that is none': { podSelector: { matchLabels: { a: 'b c' } } },
  'a value of 64 characters': { podSelector: { matchLabels: { a: 'x'.repeat(64) } } },
  'a label in a domain': { podSelector: { matchLabels: { 'example.org/a': 'b' } } },
  'an empty value': { podSelector: { matchLabels: { a: '' } } },
  'an empty label': { podSelector: { matchLabels: { '': 'b' } } },
  'a label of 64 characters': { podSelector: { matchLabels: { ['x'.repeat(64)]: 'b' } } },
  'a label in a domain of 254 characters': {
    podSelector: { matchLabels: { [`${'x'.repeat(63)}.`.repeat(3) + 'x'.repeat(62) + '/a']: 'b' } },
  },
  'an expression with a value that is none': expression('In', ['b c']),
  'a label in a domain that is none': { podSelector: { matchLabels: { 'Example_org/a': 'b' } } },
};

test.each(Object.entries(SPECS))('takes a policy where the API server takes it: %s', async (_, spec) => {
  const manifest = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'x', namespace: EXEMPT_NAMESPACES[0]! },
    spec,
  } as Manifest;
  const { problems } = readCluster([{ manifest, source: 'test' }]);
  // In a namespace that our own policies leave alone, and stored nowhere.
  const path = POLICIES.replace('/shop/', `/${EXEMPT_NAMESPACES[0]!}/`);
  const { status, body } = await cluster.client.send({
    method: 'POST',
    path: `${path}?dryRun=All&fieldValidation=Strict`,
    body: manifest,
  });
  expect([201, 400, 422]).toContain(status);
  expect({ taken: problems.length === 0, problems, body: status === 201 ? '' : body }).toMatchObject({
    taken: status === 201,
  });
});
