import fc from 'fast-check';
import { HardenedDeployment, HardenedNamespace, Port, renderApp } from '../../../../constructs';
import { KeelsonError, type NetworkPlugin } from '../../../../model';
import { appWithChart, IMAGE, manifestOf } from '../../support/charts';
import { problemsOf } from '../../support/problems';

function deployed(plugin?: NetworkPlugin) {
  const { app, chart } = appWithChart(undefined, plugin === undefined ? undefined : { plugin });
  const api = new HardenedDeployment(chart, 'api', {
    namespace: new HardenedNamespace(chart, 'shop'),
    image: IMAGE,
  });
  return { app, api };
}

describe('a host by its name', () => {
  it('is opened on the port, and its answers of the cluster DNS are read', () => {
    const { app, api } = deployed('cilium');
    api.connectToHost('api.payments.example', Port.tcp(443));
    const policy = manifestOf(app, 'CiliumNetworkPolicy', 'api-to-host-api.payments.example-tcp-443');
    expect(policy).toMatchObject({ apiVersion: 'cilium.io/v2', metadata: { namespace: 'shop' } });
    expect(policy.spec).toEqual({
      endpointSelector: { matchLabels: { 'keelson.dev/workload': 'api' } },
      egress: [
        {
          toFQDNs: [{ matchName: 'api.payments.example' }],
          toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }],
        },
        {
          toEndpoints: [
            { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } },
          ],
          toPorts: [
            {
              ports: [
                { port: '53', protocol: 'UDP' },
                { port: '53', protocol: 'TCP' },
              ],
              rules: { dns: [{ matchPattern: '*' }] },
            },
          ],
        },
      ],
    });
  });

  it.each([
    [undefined, 'the app states no plugin that knows more'],
    ['calico', 'calico has policies for names in its paid editions only'],
  ] as const)('is refused where the plugin is %s', (plugin, why) => {
    expect(problemsOf(() => deployed(plugin).api.connectToHost('a.example', Port.tcp(443)))).toEqual([
      {
        code: 'construct/invalid',
        where: 'chart/api/ToHost-a.example-tcp-443.host',
        message: `shop/api names the host "a.example": the NetworkPolicy API knows addresses only, and ${why}.`,
        fix: expect.stringMatching(/plugin: 'cilium'.*Addresses\.of.*proxy/),
      },
    ]);
  });

  it.each([
    ['*.payments.example', 'wildcard'],
    ['*', 'wildcard'],
    ['203.0.113.7', 'is an address'],
    ['2001:db8::1', 'is an address'],
    ['a.example:443', 'is an address, or has a port'],
    ['metadata.google.internal', 'gives its machines credentials'],
    ['api.shop.svc', 'is a Service of the cluster'],
    ['api.shop.svc.cluster.local', 'is a Service of the cluster'],
    ['localhost', 'is not the whole name'],
    ['', 'is not the whole name'],
    ['A.example', 'is not the whole name'],
    ['a.example.', 'is not the whole name'],
    ['a..example', 'is not the whole name'],
    ['-a.example', 'is not the whole name'],
    ['a_b.example', 'is not the whole name'],
    ['a.example\n', 'is not the whole name'],
    ['https//a.example', 'is not the whole name'],
    ['a.1', 'is not the whole name'],
    [`${'a'.repeat(64)}.example`, 'is not the whole name'],
    [`${'a.'.repeat(126)}ab`, 'is not the whole name'],
    [7, 'is no name of a host'],
    [undefined, 'is no name of a host'],
  ])('is not %.40j', (host, message) => {
    const found = problemsOf(() => deployed('cilium').api.connectToHost(host as string, Port.tcp(443)));
    expect(found).toMatchObject([
      { message: expect.stringContaining(message), fix: expect.stringMatching(/\.$/) },
    ]);
  });

  it('has one port, by its number, and is told of all at once', () => {
    const { api } = deployed();
    const connect = (port: unknown) => () => api.connectToHost('*.example', port as Port);
    expect(problemsOf(connect(Port.tcpRange(1, 2)))).toMatchObject([
      { message: expect.stringContaining('addresses only') },
      { message: expect.stringContaining('wildcard') },
      { message: 'It is not one port by its number.' },
    ]);
    expect(problemsOf(connect(Port.named('https')))).toHaveLength(3);
  });

  it('is declared once', () => {
    const { api } = deployed('cilium');
    api.connectToHost('a.example', Port.tcp(443));
    api.connectToHost('a.example', Port.tcp(8443));
    expect(problemsOf(() => api.connectToHost('a.example', Port.tcp(443)))).toMatchObject([
      {
        where: 'chart/api.port',
        message:
          'The connection from shop/api to a.example on tcp-443 is declared already, by chart/api/ToHost-a.example-tcp-443.',
      },
    ]);
  });

  it('may have the longest name there is', () => {
    const { app, api } = deployed('cilium');
    const host = `${`${'a'.repeat(62)}.`.repeat(4)}a`;
    api.connectToHost(host, Port.tcp(443));
    const name = renderApp(app).objects.at(-1)!.manifest.metadata.name!;
    expect(name.length).toBeLessThanOrEqual(253);
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  });

  it('is refused or rendered, whatever is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string(), fc.ipV4(), fc.ipV6()), (host) => {
        const { app, api } = deployed('cilium');
        const connect = () => api.connectToHost(host, Port.tcp(443));
        if (!/^[-.a-z0-9]+\.[-a-z0-9]*[a-z][-a-z0-9]*$/.test(host)) {
          expect(problemsOf(connect)).toHaveLength(1);
          return;
        }
        try {
          connect();
        } catch (error) {
          expect(error).toBeInstanceOf(KeelsonError);
        }
        expect(() => renderApp(app)).not.toThrow();
      }),
      { numRuns: 100 },
    );
  });
});
