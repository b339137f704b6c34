import { ApiObject, App, Chart, JsonPatch, Lazy } from 'cdk8s';
import fc from 'fast-check';
import {
  HardenedDeployment,
  HardenedNamespace,
  KeelsonApp,
  renderApp,
  type Manifest,
} from '../../../../constructs';
import { k8s } from '../../../../constructs/cdk8s-plus';
import { lostPatches, patchesOf } from '../../../../constructs/render/json-patch';
import type { Waiver } from '../../../../model';
import { enforceAtSynth } from '../../../../policies';
import { appWithChart, appWithNamespace, IMAGE, manifestOf, podOf } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const NOW = new Date('2026-11-25T00:00:00Z');
const CONTAINER = '/spec/template/spec/containers/0';

/** A ConfigMap `chart/map` with these patches. */
function patchedMap(...patches: readonly JsonPatch[]): KeelsonApp {
  const { app, chart } = appWithChart();
  const map = new ApiObject(chart, 'map', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'map' },
    data: { a: '1', 'b/c': '2' },
    list: ['x', 'y'],
  } as never);
  map.addJsonPatch(...patches);
  return app;
}

const mapOf = (app: KeelsonApp): Manifest => manifestOf(app, 'ConfigMap', 'map');

/** A hardened Deployment `app`, in a namespace, with these patches. */
function patchedDeployment(waivers: readonly Waiver[], ...patches: readonly JsonPatch[]) {
  const app = new KeelsonApp({ waivers });
  const chart = new Chart(app, 'chart');
  const namespace = new HardenedNamespace(chart, 'shop');
  const { deployment } = new HardenedDeployment(chart, 'app', { namespace, image: IMAGE });
  ApiObject.of(deployment).addJsonPatch(...patches);
  return app;
}

it('cdk8s keeps patches where they are looked for', () => {
  const object = new ApiObject(new Chart(new App(), 'c'), 'o', { apiVersion: 'v1', kind: 'ConfigMap' });
  object.addJsonPatch(JsonPatch.add('/data', {}));
  expect(patchesOf(object)).toHaveLength(1);
  expect(patchesOf(object)[0]).toHaveProperty('operation', { op: 'add', path: '/data', value: {} });
});

describe('an operation does what it says', () => {
  it.each<[string, readonly JsonPatch[], object]>([
    ['add', [JsonPatch.add('/data/n', '3')], { data: { a: '1', 'b/c': '2', n: '3' } }],
    ['add to the end', [JsonPatch.add('/list/-', 'z')], { list: ['x', 'y', 'z'] }],
    ['add into a list', [JsonPatch.add('/list/0', 'z')], { list: ['z', 'x', 'y'] }],
    ['replace', [JsonPatch.replace('/data/b~1c', '9')], { data: { a: '1', 'b/c': '9' } }],
    ['remove', [JsonPatch.remove('/data/a')], { data: { 'b/c': '2' } }],
    ['remove from a list', [JsonPatch.remove('/list/0')], { list: ['y'] }],
    ['copy', [JsonPatch.copy('/data/a', '/data/z')], { data: { a: '1', 'b/c': '2', z: '1' } }],
    ['move', [JsonPatch.move('/data/a', '/data/z')], { data: { 'b/c': '2', z: '1' } }],
    ['test', [JsonPatch.test('/data', { 'b/c': '2', a: '1' })], { data: { a: '1', 'b/c': '2' } }],
    ['one after another', [JsonPatch.add('/x', {}), JsonPatch.add('/x/y', 1)], { x: { y: 1 } }],
    ['one over another', [JsonPatch.add('/x', 1), JsonPatch.replace('/x', 2)], { x: 2 }],
    ['one that a later takes away', [JsonPatch.add('/x', 1), JsonPatch.remove('/x')], {}],
  ])('%s', (_what, patches, expected) => {
    expect(mapOf(patchedMap(...patches))).toMatchObject(expected);
  });
});

describe('an operation that would do nothing is refused', () => {
  it.each<[string, JsonPatch]>([
    ['replaces what is not there', JsonPatch.replace('/data/n', '3')],
    ['removes what is not there', JsonPatch.remove('/data/n')],
    ['goes through what is not there', JsonPatch.add('/dta/n', '3')],
    ['goes through a text', JsonPatch.add('/data/a/b', '3')],
    ['names a field of a list', JsonPatch.add('/list/first', 'z')],
    ['goes past the end of a list', JsonPatch.add('/list/7', 'z')],
    ['replaces past the end of a list', JsonPatch.replace('/list/-', 'z')],
    ['copies what is not there', JsonPatch.copy('/data/n', '/data/z')],
    ['moves what is not there', JsonPatch.move('/data/n', '/data/z')],
    ['moves into itself', JsonPatch.move('/data', '/data/z')],
    ['tests what is otherwise', JsonPatch.test('/data/a', '2')],
    ['has no path', JsonPatch.add('data/n', '3')],
    ['replaces the whole', JsonPatch.replace('', {})],
    ['leads out of the object', JsonPatch.add('/__proto__/polluted', true)],
    ['leads out by a constructor', JsonPatch.add('/constructor/prototype/polluted', true)],
    ['sets nothing', JsonPatch.add('/data/n', undefined)],
    ['sets nothing deep inside', JsonPatch.add('/x', { y: [undefined] })],
    ['sets a function', JsonPatch.add('/x', () => 1)],
    ['sets a date', JsonPatch.add('/x', new Date(0))],
    ['sets no number', JsonPatch.add('/x', NaN)],
    ['sets what is computed later', JsonPatch.add('/x', Lazy.any({ produce: () => 1 }))],
    ['takes the kind away', JsonPatch.remove('/kind')],
    ['takes the metadata away', JsonPatch.replace('/metadata', 'gone')],
  ])('%s', (_what, patch) => {
    const problems = problemsOf(() => renderApp(patchedMap(patch)));
    expect(places(problems)).toEqual(['chart/map [construct/patch]']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('each is told, with its path and the fix', () => {
    const [first, second] = problemsOf(() =>
      renderApp(
        patchedMap(JsonPatch.remove('/data/n'), JsonPatch.add('/ok', 1), JsonPatch.remove('/list/2')),
      ),
    );
    expect(first!.message).toBe(
      'JSON patch "remove /data/n" does not reach the output: there is no such field.',
    );
    expect(second!.message).toContain('"remove /list/2"');
    expect(second!.fix).not.toBe('');
  });

  it('where the value is a Pulumi Output', () => {
    const output = { __pulumiOutput: true, apply: () => output, get: () => 1 };
    const problems = problemsOf(() => renderApp(patchedMap(JsonPatch.add('/data/n', output))));
    expect(places(problems)).toEqual(['chart/map [output/computed]']);
  });

  it('where something drops what it set afterwards', () => {
    const app = patchedMap(JsonPatch.add('/data/n', '3'), JsonPatch.add('/x', 1));
    const map = app.node.findAll().find((one) => one instanceof ApiObject)!;
    renderApp(app);
    const render = map.toJson.bind(map);
    map.toJson = () => {
      const manifest = render() as Record<string, unknown>;
      delete manifest.x;
      return manifest;
    };
    const problems = problemsOf(() => renderApp(app));
    expect(problems.map(({ message }) => message)).toEqual([
      'JSON patch "add /x" does not reach the output: something changed the object after its patches were applied.',
    ]);
  });

  it('whatever the path: it is there at the end, or it is refused', () => {
    const keys = fc.constantFrom(
      'data',
      'a',
      'b/c',
      'list',
      '0',
      '1',
      '2',
      '-',
      'x~y',
      '',
      'metadata',
      'name',
    );
    const path = fc
      .array(keys, { maxLength: 4 })
      .map((parts) => parts.map((part) => `/${part.replace(/~/g, '~0').replace(/\//g, '~1')}`).join(''));
    const patch = fc.oneof(
      fc.tuple(path, fc.jsonValue()).map(([at, value]) => JsonPatch.add(at, value)),
      fc.tuple(path, fc.jsonValue()).map(([at, value]) => JsonPatch.replace(at, value)),
      path.map((at) => JsonPatch.remove(at)),
      fc.tuple(path, path).map(([from, to]) => JsonPatch.move(from, to)),
      fc.tuple(path, path).map(([from, to]) => JsonPatch.copy(from, to)),
    );
    fc.assert(
      fc.property(patch, (one) => {
        const plain = mapOf(patchedMap());
        const app = patchedMap(one);
        const object = app.node.findAll().find((found) => found instanceof ApiObject)!;
        let written: Manifest;
        try {
          written = renderApp(app).objects[0]!.manifest;
        } catch (error) {
          expect(error).toHaveProperty('problems');
          return;
        }
        expect(
          lostPatches(object, JsonPatch.apply(structuredClone(plain), one) as Manifest, written),
        ).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

it('a field that a class of cdk8s-plus does not know reaches the output', () => {
  const { app, chart } = appWithChart();
  const object = new k8s.KubeConfigMap(chart, 'map', { metadata: { name: 'map' }, data: {} });
  object.addJsonPatch(JsonPatch.add('/newInKubernetes', true));
  expect(mapOf(app)).toHaveProperty('newInKubernetes', true);
});

describe('on a hardened workload', () => {
  const waiver: Waiver = {
    control: 'read-only-root',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'app',
    container: 'app',
    owner: 'team-shop',
    reason: 'the program unpacks plugins at start',
    expires: '2026-12-31',
  };
  const writable = JsonPatch.replace(`${CONTAINER}/securityContext/readOnlyRootFilesystem`, false);

  it('a patch reaches what only the fill-in makes', () => {
    const app = patchedDeployment(
      [],
      JsonPatch.replace(`${CONTAINER}/resources/limits/ephemeral-storage`, '2Gi'),
    );
    expect(podOf(app, 'app').containers[0]).toHaveProperty(
      ['resources', 'limits', 'ephemeral-storage'],
      '2Gi',
    );
  });

  it('what a patch removes stays removed, and is judged', () => {
    const app = patchedDeployment(
      [],
      JsonPatch.remove(`${CONTAINER}/securityContext/readOnlyRootFilesystem`),
    );
    const rendered = renderApp(app);
    expect(podOf(app, 'app').containers[0]!.securityContext).not.toHaveProperty('readOnlyRootFilesystem');
    const problems = problemsOf(() => enforceAtSynth(rendered, { now: NOW }));
    expect(problems.map(({ message }) => message).join()).toContain('breaks read-only-root');
  });

  it('one that weakens it needs a waiver', () => {
    const problems = problemsOf(() =>
      enforceAtSynth(renderApp(patchedDeployment([], writable)), { now: NOW }),
    );
    expect(places(problems)).toEqual(['chart/app/Deployment/Resource [policy/violation]']);
    const waived = patchedDeployment([waiver], writable);
    expect(enforceAtSynth(renderApp(waived), { now: NOW }).undetermined).toEqual([]);
    expect(podOf(waived, 'app').containers[0]).toHaveProperty(
      'securityContext.readOnlyRootFilesystem',
      false,
    );
  });

  it('stock cdk8s refuses a patch without effect as well', () => {
    const { chart, namespace } = appWithNamespace();
    const { deployment } = new HardenedDeployment(chart, 'app', { namespace, image: IMAGE });
    ApiObject.of(deployment).addJsonPatch(JsonPatch.remove('/spec/nothing'));
    expect(places(problemsOf(() => chart.toJson()))).toEqual([
      'chart/app/Deployment/Resource [construct/patch]',
    ]);
  });
});
