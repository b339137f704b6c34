import { Chart } from 'cdk8s';
import {
  HardenedNamespace,
  isMadeByKubernetes,
  KeelsonApp,
  renderApp,
  SystemNamespaces,
  waived,
  waiversBelow,
} from '../../../../constructs';
import { TARGET_KUBERNETES } from '../../../../model';
import { checkObjects } from '../../../../policies';
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

describe('the limits of a HardenedNamespace', () => {
  it('bound everything in it together, and keep the ports of nodes closed', () => {
    expect(manifestOf(appWithNamespace().app, 'ResourceQuota', 'limits').spec).toEqual({
      hard: {
        pods: '50',
        'requests.cpu': '10',
        'requests.memory': '20Gi',
        'limits.memory': '20Gi',
        'limits.ephemeral-storage': '100Gi',
        'requests.storage': '100Gi',
        'services.nodeports': '0',
      },
    });
  });

  it('are what it was told, and the others stay', () => {
    const { app, chart } = appWithChart();
    new HardenedNamespace(chart, 'shop', { quota: { pods: 5, memory: '1Gi' } });
    expect(manifestOf(app, 'ResourceQuota', 'limits').spec).toMatchObject({
      hard: { pods: '5', 'requests.memory': '1Gi', 'limits.memory': '1Gi', 'requests.cpu': '10' },
    });
  });

  it('give bounds to containers that come without', () => {
    expect(manifestOf(appWithNamespace().app, 'LimitRange', 'limits').spec).toEqual({
      limits: [
        {
          type: 'Container',
          default: { memory: '128Mi', 'ephemeral-storage': '1Gi' },
          defaultRequest: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
        },
      ],
    });
  });
});

describe('the namespaces of the system', () => {
  const system = () => {
    const { app, chart } = appWithChart();
    new SystemNamespaces(chart, 'system');
    return renderApp(app).objects.map(({ manifest }) => manifest);
  };
  const find = (kind: string, namespace: string) =>
    system().find(
      ({ kind: other, metadata }) => other === kind && (metadata.namespace ?? metadata.name) === namespace,
    );

  it.each(['default', 'kube-public', 'kube-node-lease'])('%s holds no pod, and is closed', (name) => {
    expect(find('Namespace', name)!.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(find('ResourceQuota', name)!.metadata.name).toBe('empty');
    expect(find('ResourceQuota', name)!.spec).toEqual({ hard: { pods: '0' } });
    expect(find('NetworkPolicy', name)!.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('kube-system notes what is not restricted, and is closed but for DNS', () => {
    const { labels } = find('Namespace', 'kube-system')!.metadata;
    expect(labels).not.toHaveProperty(['pod-security.kubernetes.io/enforce']);
    expect(labels).toMatchObject({
      'pod-security.kubernetes.io/audit': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
    const policies = system().filter(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === 'kube-system',
    );
    expect(policies.map(({ metadata }) => metadata.name)).toEqual(['default-deny', 'dns']);
    expect(policies[0]!.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const dns = ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol }));
    expect(policies[1]!.spec).toEqual({
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ namespaceSelector: {} }], ports: dns }],
      egress: [
        {
          to: [
            { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } },
            { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128'] } },
          ],
          ports: [...dns, { port: 6443, protocol: 'TCP' }, { port: 443, protocol: 'TCP' }],
        },
      ],
    });
  });

  it('break no control', () => {
    expect(checkObjects(system().map((manifest) => ({ manifest, source: 's' })))).toEqual([]);
  });

  it('are known by name', () => {
    expect(
      ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'shop'].map(isMadeByKubernetes),
    ).toEqual([...[true, true, true, true], false]);
  });
});

describe('a namespace that enforces less', () => {
  const GRANT = { owner: 'platform team', reason: 'the driver mounts devices', expires: '2026-12-31' };
  const WAIVER = {
    control: 'namespace-pod-security',
    kind: 'Namespace',
    namespace: '',
    name: 'csi',
    ...GRANT,
  };
  const waiversIn = (app: KeelsonApp) => waiversBelow(app).map(({ waiver }) => waiver);

  it('carries the waiver of its own profile', () => {
    const { app, chart } = appWithChart();
    new HardenedNamespace(chart, 'csi', { profile: waived('privileged', GRANT) });
    expect(waiversIn(app)).toEqual([WAIVER]);
  });

  it('carries the waiver of the profile of its posture, and none where it is stricter itself', () => {
    const app = new KeelsonApp({ posture: { profile: waived('baseline', GRANT) } });
    const chart = new Chart(app, 'chart');
    new HardenedNamespace(chart, 'csi');
    new HardenedNamespace(chart, 'strict', { profile: 'restricted' });
    expect(waiversIn(app)).toEqual([WAIVER]);
    const enforced = (name: string) =>
      manifestOf(app, 'Namespace', name).metadata.labels!['pod-security.kubernetes.io/enforce'];
    expect([enforced('csi'), enforced('strict')]).toEqual(['baseline', 'restricted']);
  });

  it('is refused without a waiver', () => {
    const { chart } = appWithChart();
    const made = () => new HardenedNamespace(chart, 'csi', { profile: 'baseline' as never });
    expect(places(problemsOf(made))).toEqual(['chart/csi.profile [construct/invalid]']);
  });
});

it('a Namespace lives in no namespace, whatever its chart says', () => {
  const app = new KeelsonApp();
  new HardenedNamespace(new Chart(app, 'chart', { namespace: 'elsewhere' }), 'shop');
  expect(manifestOf(app, 'Namespace', 'shop').metadata).not.toHaveProperty('namespace');
});
