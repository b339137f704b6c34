import { forbiddenObject } from '../../../../constructs/render/object-rules';
import { ApiObject, Chart } from 'cdk8s';
import { KeelsonApp, renderApp } from '../../../../constructs';
import { places, problemsOf } from '../../support/problems';

function renderOne(object: Record<string, unknown>): unknown {
  const app = new KeelsonApp();
  new ApiObject(new Chart(app, 'chart'), 'object', {
    apiVersion: 'v1',
    metadata: { name: 'x' },
    ...object,
  } as never);
  return renderApp(app).objects.length;
}

test.each(['data', 'stringData'])('a Secret with %s is refused, and the value is not repeated', (field) => {
  const problems = problemsOf(() => renderOne({ kind: 'Secret', [field]: { password: 'hunter2' } }));
  expect(places(problems)).toEqual([`chart/object.${field} [output/secret]`]);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('a Secret without values passes', () => {
  expect(renderOne({ kind: 'Secret', type: 'Opaque' })).toBe(1);
});

test.each(['List', 'DeploymentList'])(
  'a %s, which would carry objects past the checks, is refused',
  (kind) => {
    expect(places(problemsOf(() => renderOne({ kind, items: [{ kind: 'Pod' }] })))).toEqual([
      'chart/object [construct/invalid]',
    ]);
  },
);

test('two versions of one kind with one name are one object', () => {
  const app = new KeelsonApp();
  const chart = new Chart(app, 'chart');
  for (const version of ['v1', 'v1beta1']) {
    new ApiObject(chart, version, {
      apiVersion: `batch/${version}`,
      kind: 'CronJob',
      metadata: { name: 'x' },
    });
  }
  expect(places(problemsOf(() => renderApp(app)))).toEqual(['chart/v1beta1 [construct/invalid]']);
});

it('an object whose kind is no text is refused, and nothing fails on it', () => {
  for (const wrong of [{ kind: 7 }, { apiVersion: undefined }, { kind: null }]) {
    const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, ...wrong } as never;
    expect(forbiddenObject('chart/p', manifest).map(({ where }) => where)).toEqual(['chart/p']);
  }
});
