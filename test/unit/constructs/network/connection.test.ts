import { Chart } from 'cdk8s';
import {
  Addresses,
  Connection,
  ForeignPods,
  HardenedDeployment,
  HardenedNamespace,
  KeelsonApp,
  Port,
  renderApp,
  type ConnectionEnd,
  type ConnectionPeer,
  type ConnectionPort,
} from '../../../../constructs';
import { appWithChart, appWithNamespace, IMAGE, manifestOf, NETWORK } from '../../support/charts';
import { problemsOf } from '../../support/problems';

const web: ConnectionPeer = { name: 'web', namespace: 'front', ports: [Port.tcp(8080)] };
const api: ConnectionPeer = {
  name: 'api',
  namespace: 'back',
  ports: [Port.tcp(8080, { name: 'http' }), Port.udp(9000), Port.udpRange(16384, 16484)],
};

function connected(port: ConnectionPort) {
  const { app, chart } = appWithChart();
  new Connection(chart, 'web-api', { from: web, to: api, port });
  return app;
}

describe('a Connection', () => {
  it('lets exactly the one workload out, to the other, on the port', () => {
    const policy = manifestOf(connected(Port.tcp(8080)), 'NetworkPolicy', 'web-to-api-in-back-tcp-8080');
    expect(policy.metadata.namespace).toBe('front');
    expect(policy.spec).toEqual({
      podSelector: { matchLabels: { 'keelson.dev/workload': 'web' } },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'back' } },
              podSelector: { matchLabels: { 'keelson.dev/workload': 'api' } },
            },
          ],
          ports: [{ port: 8080, protocol: 'TCP' }],
        },
      ],
    });
  });

  it('lets it in at the other side, from there only, on the port', () => {
    const policy = manifestOf(connected(Port.udp(9000)), 'NetworkPolicy', 'api-from-web-in-front-udp-9000');
    expect(policy.metadata.namespace).toBe('back');
    expect(policy.spec).toEqual({
      podSelector: { matchLabels: { 'keelson.dev/workload': 'api' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'front' } },
              podSelector: { matchLabels: { 'keelson.dev/workload': 'web' } },
            },
          ],
          ports: [{ port: 9000, protocol: 'UDP' }],
        },
      ],
    });
  });

  it.each<[string, ConnectionPort, object]>([
    ['a name', Port.named('http'), { port: 'http', protocol: 'TCP' }],
    ['a range', Port.udpRange(16384, 16400), { port: 16384, endPort: 16400, protocol: 'UDP' }],
    ['a number, though it has a name', Port.tcp(8080), { port: 8080, protocol: 'TCP' }],
  ])('writes %s at both sides', (_what, port, written) => {
    const [egress, ingress] = renderApp(connected(port)).objects.map(({ manifest }) => manifest.spec);
    expect(egress).toMatchObject({ egress: [{ ports: [written] }] });
    expect(ingress).toMatchObject({ ingress: [{ ports: [written] }] });
    expect(renderApp(connected(port)).objects).toHaveLength(2);
  });

  it.each([
    ['another number', Port.tcp(8081)],
    ['another protocol', Port.udp(8080)],
    ['a port of the calling side', Port.sctp(8080)],
    ['a name that it gives to none', Port.named('https')],
    ['more than its range', Port.udpRange(16384, 16485)],
  ])('is refused on a port that the other side does not open: %s', (_what, port) => {
    expect(problemsOf(() => connected(port))).toEqual([
      {
        code: 'construct/invalid',
        where: 'chart/web-api.port',
        message: `back/api opens tcp-8080 (http), udp-9000, udp-16384-16484, not ${port}.`,
        fix: 'Name a port that the receiving workload opens, or open it there.',
      },
    ]);
  });

  it('is refused where the other side opens nothing', () => {
    const { chart } = appWithChart();
    const silent: ConnectionPeer = { name: 'job', namespace: 'back', ports: [] };
    const connect = () => new Connection(chart, 'c', { from: web, to: silent, port: Port.tcp(80) });
    expect(problemsOf(connect)).toMatchObject([{ message: 'back/job opens no port, not tcp-80.' }]);
  });

  it('is refused a second time, by whomever it is declared', () => {
    const { chart } = appWithChart();
    const declare = (id: string, scope = chart) =>
      new Connection(scope, id, { from: web, to: api, port: Port.tcp(8080) });
    declare('one');
    expect(problemsOf(() => declare('two'))).toEqual([
      {
        code: 'construct/invalid',
        where: 'chart/two.port',
        message: 'The connection from front/web to back/api on tcp-8080 is declared already, by chart/one.',
        fix: 'Remove one of both.',
      },
    ]);
    new Connection(chart, 'other-port', { from: web, to: api, port: Port.udp(9000) });
    new Connection(chart, 'other-way', { from: api, to: web, port: Port.tcp(8080) });
    // Another app knows nothing of it.
    declare('one', appWithChart().chart);
  });

  it('is refused between two of which none is in the app, and to names of addresses', () => {
    const { chart } = appWithChart();
    const payments = Addresses.of(chart, 'payments', { ranges: ['203.0.113.0/24'] });
    const gateway = new ForeignPods(chart, 'gateway', { namespace: 'gateway', labels: { app: 'gateway' } });
    const connect = (id: string, from: ConnectionEnd) =>
      new Connection(chart, id, { from, to: payments, port: Port.named('http') });
    expect(problemsOf(() => connect('foreign', gateway))).toMatchObject([
      {
        where: 'chart/foreign.from',
        message:
          'Neither chart/gateway nor chart/payments is a workload of this app: there is no side to write.',
      },
      {
        where: 'chart/foreign.port',
        message: 'chart/payments is addresses, which have no names for their ports.',
      },
    ]);
    expect(problemsOf(() => connect('web', web))).toHaveLength(1);
  });

  it('tells all that is no end and no port, at once', () => {
    const { chart } = appWithChart();
    const connect = () =>
      new Connection(chart, 'c', { from: 'web', to: { name: 'api' }, port: 8080 } as never);
    expect(problemsOf(connect).map(({ where }) => where)).toEqual([
      'chart/c.from',
      'chart/c.to',
      'chart/c.port',
    ]);
    for (const end of [
      null,
      undefined,
      7,
      { name: 'a', namespace: 'b', ports: 80 },
      { name: 'a', ports: [] },
    ])
      expect(
        problemsOf(
          () =>
            new Connection(chart, `c${chart.node.children.length}`, {
              from: end as never,
              to: api,
              port: Port.tcp(8080),
            }),
        ),
      ).toHaveLength(1);
  });
});

describe('what is not in the app', () => {
  const made = (network = NETWORK) => {
    const { app, chart } = appWithChart(undefined, network);
    const namespace = new HardenedNamespace(chart, 'shop');
    const shop = new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, port: Port.tcp(8080) });
    const gateway = new ForeignPods(chart, 'gateway', {
      namespace: 'ingress-nginx',
      labels: { 'app.kubernetes.io/name': 'ingress-nginx' },
    });
    const payments = Addresses.of(chart, 'payments', { ranges: ['203.0.113.0/24', '2001:db8:5::/48'] });
    return { app, chart, shop, gateway, payments };
  };
  const byName = () => {
    const { app, chart } = appWithChart(undefined, { ...NETWORK, plugin: 'cilium' });
    const namespace = new HardenedNamespace(chart, 'shop');
    const port = Port.tcp(9090, { name: 'metrics' });
    return { app, chart, api: new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, port }) };
  };
  const written = (app: KeelsonApp) =>
    renderApp(app)
      .objects.map(({ manifest }) => manifest)
      .filter(({ kind, metadata }) => /NetworkPolicy$/.test(kind) && /-(to|from)-/.test(metadata.name!));
  const GATEWAY = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } },
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'ingress-nginx' } },
  };

  it('is let in at our side, and nothing is written at the other', () => {
    const { app, shop, gateway } = made();
    shop.acceptFrom(gateway, Port.tcp(8080));
    const [policy, ...more] = written(app);
    expect(more).toEqual([]);
    expect(policy).toMatchObject({
      metadata: { name: 'api-from-foreign-gateway-tcp-8080', namespace: 'shop' },
    });
    expect(policy!.spec).toEqual({
      podSelector: { matchLabels: { 'keelson.dev/workload': 'api' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [GATEWAY], ports: [{ port: 8080, protocol: 'TCP' }] }],
    });
  });

  it('is reached from our side, and nothing is written at the other', () => {
    const { app, shop, gateway } = made();
    shop.connectTo(gateway, Port.named('metrics'));
    const [policy, ...more] = written(app);
    expect(more).toEqual([]);
    expect(policy).toMatchObject({ metadata: { name: 'api-to-foreign-gateway-tcp-metrics' } });
    expect(policy!.spec).toEqual({
      podSelector: { matchLabels: { 'keelson.dev/workload': 'api' } },
      policyTypes: ['Egress'],
      egress: [{ to: [GATEWAY], ports: [{ port: 'metrics', protocol: 'TCP' }] }],
    });
  });

  it('is reached by addresses of both families, on the port only', () => {
    const { app, shop, payments } = made();
    shop.connectTo(payments, Port.tcp(443));
    expect(written(app)).toMatchObject([{ metadata: { name: 'api-to-addresses-payments-tcp-443' } }]);
    expect(written(app)[0]!.spec).toMatchObject({
      egress: [
        {
          to: [{ ipBlock: { cidr: '203.0.113.0/24' } }, { ipBlock: { cidr: '2001:db8:5::/48' } }],
          ports: [{ port: 443, protocol: 'TCP' }],
        },
      ],
    });
  });

  it('is let in by addresses, on a port that the workload opens', () => {
    const { app, shop, payments } = made();
    shop.acceptFrom(payments, Port.tcp(8080));
    expect(written(app)).toMatchObject([
      {
        metadata: { name: 'api-from-addresses-payments-tcp-8080' },
        spec: {
          policyTypes: ['Ingress'],
          ingress: [
            { from: [{ ipBlock: { cidr: '203.0.113.0/24' } }, { ipBlock: { cidr: '2001:db8:5::/48' } }] },
          ],
        },
      },
    ]);
    expect(problemsOf(() => shop.acceptFrom(payments, Port.tcp(8081)))).toHaveLength(1);
  });

  it('is written for Cilium too where it takes no addresses: nodes and the API server', () => {
    const { app, chart, shop, payments } = made({ ...NETWORK, plugin: 'cilium' });
    shop.acceptFrom(Addresses.nodes(chart), Port.tcp(8080));
    shop.connectTo(Addresses.nodes(chart, 'node-agents'), Port.tcpRange(9100, 9101));
    shop.acceptFromApiServer(Port.tcp(8080));
    shop.connectTo(payments, Port.tcp(443));
    const cilium = written(app).filter(({ kind }) => kind === 'CiliumNetworkPolicy');
    const endpointSelector = { matchLabels: { 'keelson.dev/workload': 'api' } };
    const toPorts = [{ ports: [{ port: '8080', protocol: 'TCP' }] }];
    expect(cilium.map(({ apiVersion, metadata, spec }) => ({ apiVersion, metadata, spec }))).toEqual([
      {
        apiVersion: 'cilium.io/v2',
        metadata: { name: 'api-from-addresses-nodes-tcp-8080', namespace: 'shop' },
        spec: { endpointSelector, ingress: [{ fromEntities: ['host', 'remote-node'], toPorts }] },
      },
      {
        apiVersion: 'cilium.io/v2',
        metadata: { name: 'api-to-addresses-node-agents-tcp-9100-9101', namespace: 'shop' },
        spec: {
          endpointSelector,
          egress: [
            {
              toEntities: ['host', 'remote-node'],
              toPorts: [{ ports: [{ port: '9100', endPort: 9101, protocol: 'TCP' }] }],
            },
          ],
        },
      },
      {
        apiVersion: 'cilium.io/v2',
        metadata: { name: 'api-from-addresses-api-server-tcp-8080', namespace: 'shop' },
        spec: { endpointSelector, ingress: [{ fromEntities: ['kube-apiserver'], toPorts }] },
      },
    ]);
  });

  it('has its named ports by their name for Cilium, too', () => {
    const { app, chart, api } = byName();
    api.acceptFrom(Addresses.nodes(chart), Port.named('metrics'));
    const policy = manifestOf(app, 'CiliumNetworkPolicy', 'api-from-addresses-nodes-tcp-metrics');
    const toPorts = [{ ports: [{ port: 'metrics', protocol: 'TCP' }] }];
    expect(policy.spec).toMatchObject({ ingress: [{ toPorts }] });
  });

  it.each([undefined, 'calico'] as const)('is written for nothing else where the plugin is %s', (plugin) => {
    const { app, shop } = made({ ...NETWORK, plugin });
    shop.acceptFromApiServer(Port.tcp(8080));
    expect(written(app).map(({ kind }) => kind)).toEqual(['NetworkPolicy']);
  });
});

describe('connectTo', () => {
  const made = () => {
    const { app, chart, namespace } = appWithNamespace();
    const deploy = (name: string, where = namespace) =>
      new HardenedDeployment(chart, `${where.name}.${name}`, {
        name,
        namespace: where,
        image: IMAGE,
        port: Port.tcp(8080),
        otherPorts: [Port.tcp(9090)],
      });
    return { app, chart, deploy };
  };

  it('is refused a second time in words that say why', () => {
    const { deploy } = made();
    const [one, two] = [deploy('one'), deploy('two')];
    one.connectTo(two, Port.tcp(8080));
    expect(problemsOf(() => one.connectTo(two, Port.tcp(8080)))).toEqual([
      {
        code: 'construct/invalid',
        where: 'chart/shop.one.port',
        message:
          'The connection from shop/one to shop/two on tcp-8080 is declared already, by chart/shop.one/To-shop.two-tcp-8080.',
        fix: 'Remove one of both.',
      },
    ]);
  });

  it('connects the same two on several ports, both ways, and to others of the same name', () => {
    const { app, chart, deploy } = made();
    const [one, two] = [deploy('one'), deploy('two')];
    const elsewhere = deploy('two', new HardenedNamespace(chart, 'elsewhere'));
    one.connectTo(two, Port.tcp(8080));
    one.connectTo(two, Port.tcp(9090));
    two.connectTo(one, Port.tcp(8080));
    one.connectTo(elsewhere, Port.tcp(8080));
    const names = renderApp(app)
      .objects.filter(({ manifest }) => manifest.metadata.name!.includes('-to-'))
      .map(({ manifest }) => manifest.metadata.name);
    expect(names).toEqual([
      'one-to-two-tcp-8080',
      'one-to-two-tcp-9090',
      'one-to-two-in-elsewhere-tcp-8080',
      'two-to-one-tcp-8080',
    ]);
  });

  it.each([null, undefined, 'api', {}])('is told by name what is no workload and no port: %j', (peer) => {
    const found = problemsOf(() =>
      made()
        .deploy('one')
        .connectTo(peer as never, 8080 as never),
    );
    expect(found.map(({ where }) => where)).toEqual(['chart/shop.one.to', 'chart/shop.one.port']);
    const other = problemsOf(() =>
      made()
        .deploy('one')
        .acceptFrom(peer as never, Port.tcp(8080)),
    );
    expect(other.map(({ where }) => where)).toEqual(['chart/shop.one.from']);
  });

  it('takes names of any length', () => {
    const { app, chart } = appWithChart();
    const long = (letter: string) => letter.repeat(63);
    const [from, to] = ['a', 'b'].map(
      (letter) =>
        new HardenedDeployment(chart, letter, {
          name: long(letter),
          namespace: new HardenedNamespace(chart, long(`${letter}`.toLowerCase())),
          image: IMAGE,
          port: Port.tcp(8080),
        }),
    );
    from!.connectTo(to!, Port.tcp(8080));
    for (const { manifest } of renderApp(app).objects)
      expect(manifest.metadata.name!.length).toBeLessThanOrEqual(253);
  });
});

it('a chart of an app that is no KeelsonApp can have connections', () => {
  const chart = new Chart(new (Object.getPrototypeOf(KeelsonApp))() as KeelsonApp, 'chart');
  expect(() => new Connection(chart, 'c', { from: web, to: api, port: Port.tcp(8080) })).not.toThrow();
});
