import { DnsServing, renderApp } from '../../../../constructs';
import type { ClusterNetwork } from '../../../../model';
import { appWithChart, manifestOf, NETWORK } from '../../support/charts';

function serving(network?: ClusterNetwork) {
  const { app, chart } = appWithChart(undefined, network);
  new DnsServing(chart, 'dns');
  return app;
}

const DNS = ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol }));

describe("the cluster's DNS", () => {
  it('reaches the API server anywhere outside where nobody says where that is', () => {
    const { spec } = manifestOf(serving(), 'NetworkPolicy', 'dns');
    const ports = [...DNS, { port: 6443, protocol: 'TCP' }, { port: 443, protocol: 'TCP' }];
    expect(spec).toMatchObject({ egress: [{ ports }] });
    expect(renderApp(serving()).objects).toHaveLength(1);
  });

  it('reaches exactly the API server that is stated', () => {
    const app = serving(NETWORK);
    expect(manifestOf(app, 'NetworkPolicy', 'dns').spec).toMatchObject({ egress: [{ ports: DNS }] });
    const { metadata, spec } = manifestOf(app, 'NetworkPolicy', 'dns-to-api-server');
    expect(metadata.namespace).toBe('kube-system');
    expect(spec).toEqual({
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      policyTypes: ['Egress'],
      egress: [
        { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ port: 443, protocol: 'TCP' }] },
        {
          to: [{ ipBlock: { cidr: '192.0.2.10/32' } }, { ipBlock: { cidr: '192.0.2.11/32' } }],
          ports: [{ port: 6443, protocol: 'TCP' }],
        },
      ],
    });
    expect(renderApp(app).objects).toHaveLength(2);
    expect(renderApp(serving({ ...NETWORK, plugin: 'cilium' })).objects).toHaveLength(3);
  });

  it('asks resolvers outside and among the nodes, and no pod and no Service', () => {
    expect(manifestOf(serving(NETWORK), 'NetworkPolicy', 'dns').spec).toMatchObject({
      egress: [
        {
          to: [
            {
              ipBlock: {
                cidr: '0.0.0.0/0',
                except: ['10.244.0.0/16', '10.96.0.0/12', '192.0.2.0/24', '169.254.169.254/32'],
              },
            },
            {
              ipBlock: {
                cidr: '::/0',
                except: ['fd00:10:244::/56', 'fd00:10:96::/112', 'fd00:ec2::254/128'],
              },
            },
            { ipBlock: { cidr: '192.0.2.0/24' } },
          ],
        },
      ],
    });
  });
});
