import { run, type CelInput } from '@bufbuild/cel';
import { checkObjects, CONTROLS } from '../../../../policies';
import { compileControls } from '../../../../policies/engine/compile';
import { toCel } from '../../../../policies/engine/values';
import { controlWith } from '../../support/controls';
import { problemsOf } from '../../support/problems';

const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });

function judge(expression: string, spec: object = {}): boolean {
  const control = controlWith({ validations: [{ expression, path: '', message: 'No.' }] });
  return compileControls([control])[0]!.judge(pod(spec)).length === 0;
}

describe('loading', () => {
  it('fails where an expression is not CEL, naming each', () => {
    const broken = controlWith({
      validations: [
        { expression: 'true', path: '', message: 'Fine.' },
        { expression: 'has(', path: '', message: 'Broken.' },
        { expression: '1 +', path: '', message: 'Broken too.' },
      ],
    });
    const problems = problemsOf(() => compileControls([broken]));
    expect(problems.map(({ code, where }) => [code, where])).toEqual([
      ['policy/load', 'example.validations[1]'],
      ['policy/load', 'example.validations[2]'],
    ]);
  });

  it('fails before anything is judged', () => {
    const broken = controlWith({ validations: [{ expression: '((', path: '', message: 'Broken.' }] });
    expect(problemsOf(() => checkObjects([], [broken]))).toMatchObject([{ code: 'policy/load' }]);
  });

  it('succeeds for every control that is delivered', () => {
    expect(compileControls(CONTROLS).map(({ control }) => control)).toEqual(CONTROLS);
  });
});

describe('judging', () => {
  it.each([
    ['an absent field', 'object.spec.absent == 1'],
    ['a type that does not fit', 'object.spec.text + 1 == 2'],
    ['a function that does not exist', 'object.spec.text.nothing()'],
    ['an unknown variable', 'variables.unknown == 1'],
    ['a division by zero', '1 / 0 == 1'],
    ['something that is not a boolean', '1'],
    ['a text that says true', '"true"'],
  ])('counts %s as a violation', (_what, expression) => {
    expect(judge(expression, { text: 'x' })).toBe(false);
  });

  it('lets pass what is true', () => {
    expect(judge('object.spec.text == "x"', { text: 'x' })).toBe(true);
    expect(judge('object.spec.text == "x"', { text: 'y' })).toBe(false);
  });

  it('counts whole numbers as ints, as the API server does', () => {
    expect(judge('object.spec.n + 1 == 3', { n: 2 })).toBe(true);
    expect(judge('object.spec.n + 1.0 == 3.5', { n: 2.5 })).toBe(true);
  });

  it('sees a null field as absent', () => {
    expect(judge('!has(object.spec.field)', { field: null })).toBe(true);
    expect(judge('size(object.spec) == 0', { field: null })).toBe(true);
    expect(judge('!has(object.spec.field)', { field: false })).toBe(false);
  });

  it('leaves objects alone that hold no pod', () => {
    const control = controlWith({ validations: [{ expression: 'false', path: '', message: 'Never.' }] });
    const [compiled] = compileControls([control]);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } };
    expect(compiled!.judge(map)).toEqual([]);
    expect(compiled!.judge(pod({}))).toMatchObject([{ validation: control.validations[0] }]);
  });

  it('judges a workload without a pod as broken', () => {
    const empty = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: {} };
    const broken = new Set(checkObjects([{ manifest: empty, source: 'd' }]).map(({ control }) => control));
    expect(CONTROLS.map(({ id }) => id)).toEqual(expect.arrayContaining([...broken]));
    expect(broken).toContain('host-namespaces');
  });

  it('tells every validation that is broken, in order', () => {
    const validations = ['false', 'true', 'false'].map((expression, i) => ({
      expression,
      path: '',
      message: `${i}.`,
    }));
    const [compiled] = compileControls([controlWith({ validations })]);
    expect(compiled!.judge(pod({})).map(({ validation }) => validation.message)).toEqual(['0.', '2.']);
  });
});

describe('toCel', () => {
  it('turns JSON into what CEL computes with', () => {
    const input = { i: 1, d: 1.5, s: 'x', b: true, l: [1, { n: null }] };
    const bindings = { v: toCel(input) as CelInput };
    const holds = (expression: string): unknown => run(expression, bindings);
    expect(holds('type(v.i) == int && v.i == 1')).toBe(true);
    expect(holds('type(v.d) == double && v.d == 1.5')).toBe(true);
    expect(holds('v.s == "x" && v.b')).toBe(true);
    expect(holds('v.l.size() == 2 && v.l[0] == 1 && !has(v.l[1].n)')).toBe(true);
  });
});
