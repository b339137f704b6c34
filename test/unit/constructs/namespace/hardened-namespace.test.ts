import { HardenedNamespace, renderApp } from '../../../../constructs';
import { TARGET_KUBERNETES } from '../../../../model';
import { appWithChart, appWithNamespace, manifestOf } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

describe('Pod Security of a HardenedNamespace', () => {
  it.each(['enforce', 'warn', 'audit'])('is restricted in mode %s, pinned to the target release', (mode) => {
    const { labels } = manifestOf(appWithNamespace().app, 'Namespace', 'shop').metadata;
    expect(labels).toMatchObject({
      [`pod-security.kubernetes.io/${mode}`]: 'restricted',
      [`pod-security.kubernetes.io/${mode}-version`]: `v${TARGET_KUBERNETES}`,
    });
  });

  it('names a release, not "latest"', () => {
    expect(TARGET_KUBERNETES).toMatch(/^1\.\d+$/);
  });
});

describe('the network of a HardenedNamespace', () => {
  it('denies every pod both directions', () => {
    const policy = manifestOf(appWithNamespace().app, 'NetworkPolicy', 'default-deny');
    expect(policy.metadata.namespace).toBe('shop');
    expect(policy.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('opens DNS at the DNS of the cluster only', () => {
    const policy = manifestOf(appWithNamespace().app, 'NetworkPolicy', 'allow-dns');
    expect(policy.metadata.namespace).toBe('shop');
    expect(policy.spec).toEqual({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
      ],
    });
  });

  it('opens nothing else', () => {
    const kinds = renderApp(appWithNamespace().app).objects.map(
      ({ manifest }) => `${manifest.kind} ${manifest.metadata.name}`,
    );
    expect(kinds).toEqual([
      'Namespace shop',
      'NetworkPolicy default-deny',
      'NetworkPolicy allow-dns',
      'ResourceQuota limits',
      'LimitRange limits',
    ]);
  });
});

describe('the name of a HardenedNamespace', () => {
  it('can differ from the id, and then stands everywhere', () => {
    const { app, chart } = appWithChart();
    new HardenedNamespace(chart, 'id', { name: 'payments' });
    expect(manifestOf(app, 'Namespace', 'payments').metadata.labels).toBeDefined();
    expect(manifestOf(app, 'NetworkPolicy', 'default-deny').metadata.namespace).toBe('payments');
    expect(manifestOf(app, 'NetworkPolicy', 'allow-dns').metadata.namespace).toBe('payments');
  });

  it.each(['', 'Shop', 'a.b', '-a', 'a-', 'a_b', 'a'.repeat(64), 'a\n'])('is not %j', (name) => {
    const { chart } = appWithChart();
    expect(places(problemsOf(() => new HardenedNamespace(chart, 'id', { name })))).toEqual([
      'chart/id.name [construct/invalid]',
    ]);
  });

  it.each(['a', '0', 'a-b', 'a'.repeat(63)])('may be %j', (name) => {
    const { chart } = appWithChart();
    expect(new HardenedNamespace(chart, 'id', { name }).name).toBe(name);
  });
});
