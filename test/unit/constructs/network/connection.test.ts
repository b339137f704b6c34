import { Connection, Port, type ConnectionPeer } from '../../../../constructs';
import { appWithChart, manifestOf } from '../../support/charts';
import { problemsOf } from '../../support/problems';

const web: ConnectionPeer = { name: 'web', namespace: 'front', ports: [Port.tcp(8080)] };
const api: ConnectionPeer = { name: 'api', namespace: 'back', ports: [Port.tcp(8080), Port.udp(9000)] };

function connected(port: Port) {
  const { app, chart } = appWithChart();
  new Connection(chart, 'web-api', { from: web, to: api, port });
  return app;
}

describe('a Connection', () => {
  it('lets exactly the one workload out, to the other, on the port', () => {
    const policy = manifestOf(connected(Port.tcp(8080)), 'NetworkPolicy', 'web-to-api-tcp-8080');
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
    const policy = manifestOf(connected(Port.udp(9000)), 'NetworkPolicy', 'api-from-web-udp-9000');
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

  it.each([
    ['another number', Port.tcp(8081)],
    ['another protocol', Port.udp(8080)],
    ['a port of the calling side', Port.sctp(8080)],
  ])('is refused on a port that the other side does not open: %s', (_what, port) => {
    expect(problemsOf(() => connected(port))).toMatchObject([
      {
        code: 'construct/invalid',
        where: 'chart/web-api.port',
        message: `back/api opens tcp-8080, udp-9000, not ${port}.`,
      },
    ]);
  });

  it('is refused where the other side opens nothing', () => {
    const { chart } = appWithChart();
    const silent: ConnectionPeer = { name: 'job', namespace: 'back', ports: [] };
    const connect = () => new Connection(chart, 'c', { from: web, to: silent, port: Port.tcp(80) });
    expect(problemsOf(connect)).toMatchObject([{ message: 'back/job opens no port, not tcp-80.' }]);
  });
});
