import { ApiObject, App, Chart } from 'cdk8s';
import { HardenedNamespace, renderApp } from '../../../../constructs';
import { canonicalJson, sha256 } from '../../../../constructs/render/digest';
import { appWithChart, appWithNamespace } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const map = (scope: Chart, id: string, name = id, namespace?: string) =>
  new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } });

describe('renderApp', () => {
  it('refuses two objects with one identity', () => {
    const { app, chart } = appWithChart();
    map(chart, 'a', 'same', 'x');
    map(chart, 'b', 'same', 'x');
    map(chart, 'c', 'same', 'y');
    expect(problemsOf(() => renderApp(app))).toMatchObject([
      { where: 'chart/b', message: 'ConfigMap "same" is declared already by chart/a.' },
    ]);
  });

  it('tells duplicates and misplaced values of the whole app at once', () => {
    const { app, chart } = appWithChart();
    for (const id of ['a', 'b', 'c']) map(chart, id, 'same');
    expect(places(problemsOf(() => renderApp(app)))).toEqual([
      'chart/b [construct/invalid]',
      'chart/c [construct/invalid]',
    ]);
  });

  it('refuses what a construct itself calls not valid', () => {
    const { app, chart } = appWithChart();
    chart.node.addValidation({ validate: () => ['one', 'two'] });
    expect(problemsOf(() => renderApp(app)).map(({ where, message }) => [where, message])).toEqual([
      ['chart', 'one'],
      ['chart', 'two'],
    ]);
  });

  it('gives the same objects, order and digests on every run', () => {
    const { app } = appWithNamespace();
    const view = () =>
      renderApp(app).objects.map(({ path, digest, manifest }) => ({ path, digest, manifest }));
    expect(view()).toEqual(view());
    expect(view()).toHaveLength(5);
  });

  it('keeps objects that do not depend on each other as they were declared', () => {
    const { app, chart } = appWithChart();
    for (const id of ['z', 'a', 'm']) map(chart, id);
    expect(renderApp(app).objects.map(({ path }) => path)).toEqual(['chart/z', 'chart/a', 'chart/m']);
  });

  it('digests what an object says, not the order in which it is said', () => {
    const digestOf = (data: object) => {
      const { app, chart } = appWithChart();
      new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data });
      return renderApp(app).objects[0]!.digest;
    };
    expect(digestOf({ a: '1', b: '2' })).toBe(digestOf({ b: '2', a: '1' }));
    expect(digestOf({ a: '1' })).not.toBe(digestOf({ a: '2' }));
  });

  it('lists what each chart serves, in the order of the guidance and once each', () => {
    const { app, chart } = appWithNamespace();
    new HardenedNamespace(chart, 'second');
    const empty = new Chart(app, 'empty');
    map(empty, 'nothing');
    expect(renderApp(app).charts.map(({ path, recommendations }) => [path, recommendations])).toEqual([
      ['chart', ['POD-1', 'POD-4', 'POD-5', 'POD-6', 'POD-7', 'NET-5']],
      ['empty', []],
    ]);
  });

  it('takes a stock cdk8s app', () => {
    const app = new App();
    map(new Chart(app, 'chart'), 'a');
    expect(renderApp(app).objects.map(({ path }) => path)).toEqual(['chart/a']);
  });

  it('puts an object of a nested chart into the file of that chart', () => {
    const { app, chart } = appWithChart();
    map(chart, 'outer');
    map(new Chart(chart, 'nested'), 'inner');
    const files = renderApp(app).charts.map(({ fileStem, objects }) => [
      fileStem,
      objects.map((o) => o.path),
    ]);
    expect(files).toEqual([
      ['0000-chart', ['chart/outer']],
      ['0001-chart-nested', ['chart/nested/inner']],
    ]);
  });
});

describe('canonicalJson', () => {
  it('sorts the keys of objects at every depth, and leaves lists as they are', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }, 2], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1},2]}');
  });

  it('feeds the digest that the world knows as SHA-256', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
