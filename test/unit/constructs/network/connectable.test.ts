import {
  api as table,
  HardenedDeployment,
  HardenedNamespace,
  Port,
  renderApp,
  type KeelsonApp,
} from '../../../../constructs';
import type { ClusterNetwork } from '../../../../model';
import { enforceAtSynth } from '../../../../policies';
import { appWithChart, IMAGE, manifestOf, NETWORK } from '../../support/charts';
import { problemsOf } from '../../support/problems';

function deployed(network?: ClusterNetwork, { calls = false } = {}) {
  const { app, chart } = appWithChart(undefined, network);
  const namespace = new HardenedNamespace(chart, 'shop');
  const api = new HardenedDeployment(chart, 'api', {
    namespace,
    image: IMAGE,
    port: Port.tcp(9443, { name: 'webhook' }),
  });
  if (calls) api.mayCall(table.configMaps, ['get']);
  return { app, api };
}

const egressOf = (app: KeelsonApp) =>
  (manifestOf(app, 'NetworkPolicy', 'api-to-api-server').spec as { egress: object }).egress;
const policies = (app: KeelsonApp) =>
  renderApp(app)
    .objects.filter(({ manifest }) => manifest.kind.endsWith('NetworkPolicy'))
    .map(({ manifest }) => manifest.metadata.name);

describe('the way to the API server', () => {
  it('comes with the first call, to what is stated and nothing else', () => {
    const { app } = deployed(NETWORK, { calls: true });
    const { metadata, spec } = manifestOf(app, 'NetworkPolicy', 'api-to-api-server');
    expect(metadata.namespace).toBe('shop');
    expect(spec).toEqual({
      podSelector: { matchLabels: { 'keelson.dev/workload': 'api' } },
      policyTypes: ['Egress'],
      egress: [
        { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ port: 443, protocol: 'TCP' }] },
        {
          to: [{ ipBlock: { cidr: '192.0.2.10/32' } }, { ipBlock: { cidr: '192.0.2.11/32' } }],
          ports: [{ port: 6443, protocol: 'TCP' }],
        },
      ],
    });
    expect(enforceAtSynth(renderApp(app), { now: new Date('2026-11-25T12:00:00Z') }).notValidated).toEqual(
      [],
    );
  });

  it('is both families, ranges as they are stated, and each address once', () => {
    const { app } = deployed(
      {
        apiServer: {
          service: [
            { address: '10.96.0.1', port: 443 },
            { address: 'fd00:10:96::1', port: 443 },
          ],
          endpoints: [
            { address: '198.51.100.0/28', port: 443 },
            { address: '198.51.100.3', port: 443 },
            { address: '10.96.0.1', port: 443 },
          ],
        },
      },
      { calls: true },
    );
    expect(egressOf(app)).toEqual([
      {
        to: ['10.96.0.1/32', 'fd00:10:96::1/128', '198.51.100.0/28'].map((cidr) => ({ ipBlock: { cidr } })),
        ports: [{ port: 443, protocol: 'TCP' }],
      },
    ]);
  });

  it('never leads to the metadata of the cloud, whatever range is stated', () => {
    const range = { address: '169.254.0.0/16', port: 443 };
    const { app } = deployed({ apiServer: { service: [range], endpoints: [range] } }, { calls: true });
    expect(egressOf(app)).toMatchObject([
      { to: [{ ipBlock: { cidr: '169.254.0.0/16', except: ['169.254.169.254/32'] } }] },
    ]);
  });

  it('is an error where something may be called and nobody says where it is', () => {
    expect(problemsOf(() => deployed(undefined, { calls: true }))).toEqual([
      {
        code: 'construct/invalid',
        where: 'chart/api.connectToApiServer',
        message: expect.stringMatching(
          /does not state where its API server is: the namespace denies the way/,
        ),
        fix: expect.stringMatching(
          /KeelsonApp\(\{ network: .*kubectl -n default get service kubernetes.*kubectl -n default get endpointslices kubernetes/,
        ),
      },
    ]);
  });

  it('is not there where nothing may be called', () => {
    expect(policies(deployed(NETWORK).app)).toEqual(['default-deny', 'allow-dns']);
  });

  it('can be asked for without them, and is there once', () => {
    const { app, api } = deployed(NETWORK);
    expect(api.connectToApiServer()).toBe(api.connectToApiServer());
    expect(policies(app)).toEqual(['default-deny', 'allow-dns', 'api-to-api-server']);
    const both = deployed(NETWORK, { calls: true });
    both.api.connectToApiServer();
    expect(policies(both.app)).toEqual(['default-deny', 'allow-dns', 'api-to-api-server']);
    expect(problemsOf(() => deployed().api.connectToApiServer())).toMatchObject([
      { where: 'chart/api.connectToApiServer', fix: expect.stringContaining('kubectl') },
    ]);
  });

  it('is opened by the name that Cilium has for it, too, where that is the plugin', () => {
    const { app } = deployed({ ...NETWORK, plugin: 'cilium' }, { calls: true });
    expect(manifestOf(app, 'CiliumNetworkPolicy', 'api-to-api-server')).toMatchObject({
      apiVersion: 'cilium.io/v2',
      metadata: { namespace: 'shop' },
    });
    expect(manifestOf(app, 'CiliumNetworkPolicy', 'api-to-api-server').spec).toEqual({
      endpointSelector: { matchLabels: { 'keelson.dev/workload': 'api' } },
      egress: [{ toEntities: ['kube-apiserver'], toPorts: [{ ports: [{ port: '6443', protocol: 'TCP' }] }] }],
    });
    expect(egressOf(app)).toHaveLength(2);
    expect(policies(deployed({ ...NETWORK, plugin: 'calico' }, { calls: true }).app)).toHaveLength(3);
  });
});

describe('the way from the API server', () => {
  it('is from its endpoints, on the port only', () => {
    const { app, api } = deployed(NETWORK);
    api.acceptFromApiServer(Port.named('webhook'));
    api.acceptFromApiServer(Port.tcp(9443));
    const { spec } = manifestOf(app, 'NetworkPolicy', 'api-from-addresses-api-server-tcp-webhook');
    expect(spec).toEqual({
      podSelector: { matchLabels: { 'keelson.dev/workload': 'api' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [{ ipBlock: { cidr: '192.0.2.10/32' } }, { ipBlock: { cidr: '192.0.2.11/32' } }],
          ports: [{ port: 'webhook', protocol: 'TCP' }],
        },
      ],
    });
    expect(policies(app)).toHaveLength(4);
  });

  it('is refused on a port that the workload does not open, a second time, and where nobody says where it is', () => {
    const { api } = deployed(NETWORK);
    expect(problemsOf(() => api.acceptFromApiServer(Port.tcp(443)))).toHaveLength(1);
    api.acceptFromApiServer(Port.tcp(9443));
    expect(problemsOf(() => api.acceptFromApiServer(Port.tcp(9443)))[0]!.message).toContain(
      'is declared already',
    );
    expect(problemsOf(() => deployed().api.acceptFromApiServer(Port.tcp(9443)))).toMatchObject([
      { where: 'chart/api/api-server.network.apiServer' },
    ]);
  });
});
