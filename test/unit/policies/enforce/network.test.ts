import { ApiObject, App, Chart } from 'cdk8s';
import {
  DefaultDeny,
  ForeignPods,
  HardenedDeployment,
  HardenedNamespace,
  KeelsonApp,
  Port,
  renderApp,
  type KeelsonAppProps,
} from '../../../../constructs';
import type { Waiver } from '../../../../model';
import { addPolicyValidation, enforceAtSynth } from '../../../../policies';
import { IMAGE } from '../../support/charts';
import { problemsOf } from '../../support/problems';

const NOW = new Date('2026-11-25T12:00:00Z');

function shop(props: KeelsonAppProps = {}) {
  const app = new KeelsonApp(props);
  const chart = new Chart(app, 'chart');
  const namespace = new HardenedNamespace(chart, 'shop');
  const made = (name: string) =>
    new HardenedDeployment(chart, name, { namespace, image: IMAGE, port: Port.tcp(8080) });
  return { app, chart, namespace, web: made('web'), api: made('api') };
}

/** A policy as somebody else writes it. */
function policy(chart: Chart, spec: object): void {
  new ApiObject(chart, 'policy', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'theirs', namespace: 'shop' },
    spec,
  });
}

const select = (name: string) => ({ podSelector: { matchLabels: { 'keelson.dev/workload': name } } });
const HALF = {
  ...select('web'),
  policyTypes: ['Egress'],
  egress: [{ to: [select('api')], ports: [{ port: 8080, protocol: 'TCP' }] }],
};

const judged = (app: KeelsonApp) => enforceAtSynth(renderApp(app), { now: NOW });

test('what is connected by constructs passes, and the matrix names the constructs', () => {
  const { app, web, api } = shop();
  web.connectTo(api, Port.tcp(8080));
  const { flows, points, policies } = judged(app).reachability;
  expect(flows.filter(({ to }) => to !== 'dns')).toEqual([
    {
      from: 'Deployment shop/web',
      to: 'Deployment shop/api',
      openings: [
        expect.objectContaining({
          protocol: 'TCP',
          port: 8080,
          endPort: 8080,
          egress: [expect.any(String)],
          ingress: [expect.any(String)],
        }),
      ],
    },
  ]);
  expect(points.find(({ id }) => id === 'Deployment shop/web')).toMatchObject({
    source: 'chart/web/Deployment/Resource',
  });
  expect(policies.map(({ source }) => source).join(' ')).toContain('chart/web/To-');
});

test('one side of a connection that somebody else wrote stops synth, with the place and the fix', () => {
  const { app, chart } = shop();
  policy(chart, HALF);
  expect(problemsOf(() => judged(app))).toEqual([
    expect.objectContaining({
      code: 'policy/violation',
      where: 'chart/policy',
      message: expect.stringContaining(
        'breaks policy-one-sided: The policy lets Deployment shop/web out',
      ) as unknown,
      fix: expect.stringContaining('connectTo') as unknown,
    }),
  ]);
});

describe('a waiver', () => {
  const waiver: Waiver = {
    ...{ control: 'policy-one-sided', kind: 'NetworkPolicy', namespace: 'shop', name: 'theirs' },
    ...{ owner: 'shop team', reason: 'the other side is deployed next week', expires: '2026-12-31' },
  };

  it('relaxes a network check for one object', () => {
    const { app, chart } = shop({ waivers: [waiver] });
    policy(chart, HALF);
    expect(() => judged(app)).not.toThrow();
  });

  it('is refused where nothing breaks the check, and where it is over', () => {
    expect(problemsOf(() => judged(shop({ waivers: [waiver] }).app))).toMatchObject([
      { code: 'waiver/invalid' },
    ]);
    const { app, chart } = shop({ waivers: [{ ...waiver, expires: '2026-11-24' }] });
    policy(chart, HALF);
    expect(
      problemsOf(() => judged(app))
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['policy/violation', 'waiver/invalid']);
  });
});

test('pods that are said to be foreign are not looked for', () => {
  const labels = { app: 'ingress' };
  const spec = {
    ...select('web'),
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } },
            podSelector: { matchLabels: labels },
          },
        ],
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ],
  };
  const one = shop();
  policy(one.chart, spec);
  expect(problemsOf(() => judged(one.app))).toMatchObject([
    { message: expect.stringContaining('policy-matches-nothing') as unknown },
  ]);
  new ForeignPods(one.chart, 'gateway', { namespace: 'gateway', labels });
  expect(judged(one.app).reachability.foreign).toMatchObject([{ namespace: 'gateway', labels }]);
});

test('what the app states of its network counts', () => {
  const network = {
    pods: ['10.244.0.0/16'],
    firewall: [{ protocol: 'TCP', port: 9100, from: ['192.0.2.0/24'] }],
  } as const;
  const { app } = shop({ network });
  expect(problemsOf(() => judged(app))).toMatchObject([
    { message: expect.stringContaining('firewall-agrees') as unknown },
  ]);
  const { app: rest } = shop({ network: { pods: network.pods } });
  expect(judged(rest).reachability.network).toEqual({ pods: ['10.244.0.0/16'] });
});

test('a namespace that the app does not declare has to deny by default all the same', () => {
  const { app, chart } = shop();
  new ApiObject(chart, 'foreign', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'a', namespace: 'other' },
    spec: { podSelector: {} },
  });
  expect(() => judged(app)).not.toThrow();
  const pods = {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'rc', namespace: 'other' },
  };
  new ApiObject(chart, 'pods', {
    ...pods,
    spec: { template: { metadata: { labels: { a: 'b' } }, spec: { containers: [] } } },
  });
  const told = problemsOf(() => judged(app)).filter(({ message }) =>
    message.includes('namespace-not-isolated'),
  );
  expect(told).toMatchObject([
    { where: 'chart/pods', message: expect.stringContaining('denies egress of') as unknown },
  ]);
  new DefaultDeny(chart, 'deny', { namespace: 'other' });
  expect(
    problemsOf(() => judged(app)).filter(({ message }) => message.includes('namespace-not-isolated')),
  ).toEqual([]);
});

test('stock cdk8s judges the network of a whole app, and not of a part', () => {
  const build = (validated: (app: App, chart: Chart) => App | Chart) => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    new DefaultDeny(chart, 'deny', { namespace: 'shop' });
    policy(chart, HALF);
    const scope = validated(app, chart);
    addPolicyValidation(scope, { now: NOW });
    return scope.node.validate();
  };
  expect(build((app) => app)).toEqual([
    expect.stringContaining('policy-matches-nothing'),
    expect.stringContaining('policy-matches-nothing'),
  ]);
  expect(build((_, chart) => chart)).toEqual([]);
});
