/** What the constructs declare is what the checks over the whole network ask for. */
import { Probe } from 'cdk8s-plus-27';
import {
  api as table,
  Addresses,
  foreignPeers,
  ForeignPods,
  HardenedDeployment,
  HardenedNamespace,
  Port,
  renderApp,
  SystemNamespaces,
  type HardenedDeploymentProps,
} from '../../../../constructs';
import { checkObjects } from '../../../../policies';
import { judgeNetwork } from '../../../../policies/network-checks';
import { appWithChart, IMAGE, NETWORK } from '../../support/charts';

it('every way to declare a connection passes the checks of a network', () => {
  const { app, chart } = appWithChart(undefined, NETWORK);
  new SystemNamespaces(chart, 'system');
  const [shop, media] = ['shop', 'media'].map((name) => new HardenedNamespace(chart, name));
  const deploy = (name: string, props: Omit<HardenedDeploymentProps, 'image'>) =>
    new HardenedDeployment(chart, name, { image: IMAGE, ...props });
  const web = deploy('web', { namespace: shop!, port: Port.tcp(8080, { name: 'http' }) });
  const api = deploy('api', {
    namespace: shop!,
    port: Port.tcp(8443, { name: 'https' }),
    otherPorts: [Port.tcp(9090, { name: 'metrics' })],
  });
  api.mayCall(table.configMaps, ['get']);
  const calls = deploy('calls', {
    namespace: media!,
    port: Port.sctp(5060),
    portRanges: [Port.udpRange(16384, 16484)],
    readiness: Probe.fromCommand(['true']),
  });
  const gateway = new ForeignPods(chart, 'gateway', {
    namespace: 'ingress-nginx',
    labels: { 'app.kubernetes.io/name': 'ingress-nginx' },
  });
  const internet = Addresses.everywhere(chart, 'internet');
  const nodes = Addresses.nodes(chart);

  web.connectTo(api, Port.named('https'));
  web.connectTo(calls, Port.sctp(5060));
  web.connectTo(calls, Port.udpRange(16384, 16484));
  web.acceptFrom(gateway, Port.named('http'));
  web.acceptFrom(internet, Port.tcp(8080));
  api.connectTo(gateway, Port.tcp(10254));
  api.connectTo(internet, Port.tcp(443));
  api.connectTo(Addresses.of(chart, 'payments', { ranges: ['203.0.113.0/24'] }), Port.tcp(443));
  api.connectTo(nodes, Port.tcp(9100));
  api.acceptFrom(nodes, Port.named('metrics'));
  api.acceptFromApiServer(Port.tcp(8443));

  const objects = renderApp(app).objects.map(({ manifest, path }) => ({ manifest, source: path }));
  expect(checkObjects(objects)).toEqual([]);
  const { findings, problems } = judgeNetwork(objects, app.network, foreignPeers(app));
  expect(problems).toEqual([]);
  expect(findings.map(({ control, source, message }) => `${control} ${source}: ${message}`)).toEqual([]);
  // Who is not declared as foreign is a spelling mistake.
  const unsaid = judgeNetwork(objects, app.network).findings;
  expect(new Set(unsaid.map(({ control }) => control))).toEqual(new Set(['policy-matches-nothing']));
});
