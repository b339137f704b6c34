import { foreignPeers, ForeignPods, type ForeignPodsProps } from '../../../../constructs';
import { appWithChart } from '../../support/charts';
import { problemsOf } from '../../support/problems';

const foreign = (props: Partial<ForeignPodsProps>, id = 'gateway') =>
  new ForeignPods(appWithChart().chart, id, { namespace: 'gateway', labels: { app: 'gateway' }, ...props });

it.each([
  [{ 'app.kubernetes.io/name': 'ingress-nginx' }],
  [{ a: '' }],
  [{ A_b: 'x.y-z_1', 'example.com/b': 'a'.repeat(63) }],
])('are selected by all their labels, in their namespace: %j', (labels) => {
  expect(foreign({ labels: labels as Record<string, string> }).policyPeers()).toEqual([
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } },
      podSelector: { matchLabels: labels },
    },
  ]);
});

it.each([undefined, {}])('are refused without a label, which would be everybody: %j', (labels) => {
  expect(problemsOf(() => foreign({ labels: labels as never }))).toEqual([
    {
      code: 'construct/invalid',
      where: 'chart/gateway.labels',
      message: 'No label is given, which would mean every pod of the namespace.',
      fix: 'Give the labels that these pods have and others do not.',
    },
  ]);
});

it.each<[string, unknown]>([
  ['a b', 'x'],
  ['', 'x'],
  ['a/b/c', 'x'],
  ['/a', 'x'],
  ['a/', 'x'],
  ['Example/a', 'x'],
  [`${'a.'.repeat(130)}a/b`, 'x'],
  ['a\n', 'x'],
  ['a'.repeat(64), 'x'],
  ['app', 'a b'],
  ['app', '-a'],
  ['app', 'x\n'],
  ['app', 'a'.repeat(64)],
  ['app', 7],
  ['app', undefined],
])('are refused with a label that can be none: %.20j: %.20j', (key, value) => {
  const found = problemsOf(() => foreign({ labels: { [key]: value as string } }));
  expect(found).toMatchObject([
    { where: 'chart/gateway.labels', message: expect.stringMatching(/ is no label\.$/) },
  ]);
});

it.each(['', 'Gateway', 'a.b', undefined, 7])('do not live in namespace %j', (namespace) => {
  expect(problemsOf(() => foreign({ namespace: namespace as string }))).toMatchObject([
    {
      where: 'chart/gateway.namespace',
      message: expect.stringMatching(/ is not the name of a namespace\.$/),
    },
  ]);
});

it('tell all that is wrong at once', () => {
  const found = problemsOf(() => foreign({ namespace: '', labels: {} }, 'Gate way'));
  expect(found.map(({ where }) => where)).toEqual([
    'chart/Gate way.id',
    'chart/Gate way.namespace',
    'chart/Gate way.labels',
  ]);
});

it('are found in the tree, and cannot be changed afterwards', () => {
  const { app, chart } = appWithChart();
  const labels = { app: 'prometheus' };
  const { labels: held } = new ForeignPods(chart, 'metrics', { namespace: 'monitoring', labels });
  labels.app = 'changed';
  expect(() => Object.assign(held, { app: 'changed' })).toThrow();
  expect(foreignPeers(app)).toEqual([
    { namespace: 'monitoring', labels: { app: 'prometheus' }, path: 'chart/metrics' },
  ]);
  expect(foreignPeers(appWithChart().app)).toEqual([]);
});
