import { checkObjects, CONTROLS } from '../../../../policies';
import { compileControls, judgesFor, type Violation } from '../../../../policies/engine/compile';
import { UNKNOWN } from '../../../../policies/engine/cel/fault';
import { controlWith } from '../../support/controls';
import { problemsOf } from '../../support/problems';

const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });

/** A kind that the API server does not know by itself: its objects stay as they are written. */
const THING = {
  kind: 'Thing',
  apiGroup: 'example.com',
  apiVersion: 'v1',
  resource: 'things',
  namespaced: true,
};

const thing = (spec: object) => ({ ...pod(spec), apiVersion: 'example.com/v1', kind: 'Thing' });

function judgeThing(expression: string, spec: object): readonly Violation[] {
  const control = controlWith({ kinds: [THING], validations: [{ expression, path: '', message: 'No.' }] });
  return compileControls([control])[0]!.judge(thing(spec));
}

function judge(expression: string, spec: object = {}): boolean {
  return judgeThing(expression, spec).length === 0;
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

  it.each([
    ['a function that does not exist', 'object.spec.text.nothing()', 'There is no function x.nothing.'],
    [
      'a number of arguments that does not exist',
      '"a".matches("a", "b")',
      'x.matches takes 1 arguments, not 2.',
    ],
    ['a variable that does not exist', 'other == 1', 'There is no variable other.'],
    ['a variable that the control does not have', 'variables.other == 1', 'There is no variable variables.'],
    ['companions that it does not ask for', 'variables.companions == []', 'There is no variable variables.'],
    ['the element of another validation', 'container.name == "a"', 'There is no variable container.'],
    ['the variable of a macro outside of it', '[1].all(x, true) && x == 1', 'There is no variable x.'],
    ['a message type', 'Pod{}.name == ""', 'There is no message type Pod.'],
    ['a number that is too large', '9223372036854775808 == 1', '9223372036854775808 is no int.'],
  ])('fails for %s', (_what, expression, message) => {
    const control = controlWith({ validations: [{ expression, path: '', message: 'No.' }] });
    expect(problemsOf(() => compileControls([control]))).toEqual([
      {
        code: 'policy/load',
        where: 'example.validations[0]',
        message,
        fix: `Correct the CEL expression: ${expression}`,
      },
    ]);
  });

  it('succeeds for every control that is delivered', () => {
    expect(compileControls(CONTROLS).map(({ control }) => control)).toEqual(CONTROLS);
  });
});

describe('judging', () => {
  it.each([
    ['an absent field', 'object.spec.absent == 1'],
    ['a type that does not fit', 'object.spec.text + 1 == 2'],
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

  it('judges a workload without a pod by what the API server makes of it: a pod with nothing in it', () => {
    const empty = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: {} };
    const broken = new Set(checkObjects([{ manifest: empty, source: 'd' }]).map(({ control }) => control));
    expect(CONTROLS.map(({ id }) => id)).toEqual(expect.arrayContaining([...broken]));
    expect(broken).toContain('automount-token');
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

describe('what is not known yet', () => {
  const verdicts = (expression: string, spec: object): readonly (boolean | undefined)[] =>
    judgeThing(expression, spec).map(({ undetermined }) => undetermined);
  const spec = { nodeName: UNKNOWN, hostname: 'h' };

  it.each([
    ['what depends on it', 'object.spec.nodeName == "a"'],
    ['what is read from it', 'object.spec.nodeName.startsWith("a")'],
    ['a list that it is in', '[object.spec.nodeName] == ["a"]'],
    ['an alternative that does not decide', 'object.spec.nodeName == "a" || false'],
    ['a demand that does not decide', 'object.spec.nodeName == "a" && true'],
    ['an element that does not decide', '["a"].all(x, object.spec.nodeName == x)'],
    ['the object as a whole', 'object.spec == {"nodeName": "a", "hostname": "h"}'],
    ['an error beside it', 'object.spec.nodeName == "a" && 1 / 0 == 1'],
  ])('leaves undetermined %s', (_what, expression) => {
    expect(verdicts(expression, spec)).toEqual([true]);
  });

  it.each([
    ['what stands beside it', 'object.spec.hostname == "h"'],
    ['that it is there', 'has(object.spec.nodeName)'],
    ['an alternative that decides', 'object.spec.nodeName == "a" || true'],
    ['an element that decides', '["a", "h"].exists(x, object.spec.nodeName == x || x == "h")'],
    ['a structure that differs otherwise', 'object.spec != {"nodeName": "a", "hostname": "other"}'],
  ])('does not keep from knowing %s', (_what, expression) => {
    expect(verdicts(expression, spec)).toEqual([]);
  });

  it('does not excuse what is wrong in any case', () => {
    expect(verdicts('object.spec.nodeName == "a" && false', spec)).toEqual([undefined]);
  });

  it('is reported for the one element, and for a list as a whole', () => {
    const containers = {
      as: 'container',
      within: 'podSpec',
      lists: ['containers'],
      label: 'container.name',
    } as const;
    const control = controlWith({
      validations: [
        { forEach: containers, expression: 'container.image == "a"', path: 'image', message: 'No.' },
      ],
    });
    const judged = (spec: object) => compileControls([control])[0]!.judge(pod(spec));
    expect(
      judged({
        containers: [
          { name: 'x', image: 'a' },
          { name: 'y', image: UNKNOWN },
        ],
      }),
    ).toMatchObject([{ path: 'spec.containers[1].image', container: 'y', undetermined: true }]);
    expect(judged({ containers: UNKNOWN })).toMatchObject([
      { path: 'spec.containers.image', undetermined: true },
    ]);
    expect(judged({ containers: 'none' })[0]).not.toHaveProperty('undetermined');
  });
});

describe('names that mean something to JavaScript', () => {
  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('takes %s as data', (name) => {
    expect(judge(`has(object.metadata.labels.${name}) || "${name}" in object.metadata.labels`)).toBe(false);
    expect(judge(`!("${name}" in {}) && {"${name}": 1}["${name}"] == 1 && size({"${name}": 1}) == 1`)).toBe(
      true,
    );
    const labels = JSON.parse(`{"${name}": "v"}`) as Record<string, string>;
    const manifest = { ...pod({}), metadata: { name: 'p', labels } };
    const expression = `object.metadata.labels["${name}"] == "v"`;
    const control = controlWith({ validations: [{ expression, path: '', message: 'No.' }] });
    expect(compileControls([control])[0]!.judge(manifest)).toEqual([]);
  });
});

describe('judgesFor', () => {
  it('gives the controls that judge the kind of an object', () => {
    const of = judgesFor(compileControls(CONTROLS));
    expect(of(pod({})).length).toBeGreaterThan(0);
    expect(of({ apiVersion: 'example.com/v1', kind: 'Pod', metadata: { name: 'p' } })).toEqual([]);
  });
});
