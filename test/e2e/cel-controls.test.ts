import {
  apiVersionOf,
  CONTROLS,
  judgesAlone,
  offendersExpression,
  variablesOf,
  wholeExpression,
  type Control,
} from '../../policies';
import { compileControls } from '../../policies/engine/compile';
import { decodeObject } from '../../policies/engine/decode';
import { ask, type Question } from '../tools/cel-harness/harness';
import { Random, randomObject } from '../tools/cel-harness/random';
import { crowdedObject, wideObject } from '../tools/cel-harness/wide';

/** One percent of what one call of an expression may cost in the API server. */
const AFFORDABLE = 10_000;

/**
 * Controls that read every character of what may hold a credential, and so cost by its length: ten percent. To read less would
 * be to overlook what stands behind.
 */
const READERS = new Set(['credential-in-arguments', 'credential-in-environment', 'credential-in-config-map']);

/** Half of what one call may cost: more, and an object that is unusual and harmless would be refused for its size. */
const BEARABLE = 500_000;

const enforced = CONTROLS.filter(judgesAlone);

const keysOf = ({ kinds }: Control): readonly string[] =>
  kinds.map((kind) => `${apiVersionOf(kind)} ${kind.kind}`);

function question(control: Control, object: unknown): Question {
  const messages = control.validations.flatMap(({ forEach, expression }) =>
    forEach === undefined ? [] : [offendersExpression(forEach, expression)],
  );
  const expressions = [...control.validations.map(wholeExpression), ...messages];
  return { object, variables: variablesOf(control), expressions };
}

describe.each(enforced.map((control) => [control.id, control] as const))('%s', (_id, control) => {
  const [compiled] = compileControls([control]);

  it('is accepted, and costs little, however large the object', () => {
    const answers = ask(keysOf(control).map((key) => question(control, wideObject(key))));
    const costs = answers.map(({ error, results = [] }) => {
      expect(error).toBeUndefined();
      expect(results.filter(({ refused }) => refused)).toEqual([]);
      return Math.max(...results.map(({ cost }) => cost));
    });
    expect(Math.max(...costs)).toBeLessThan(READERS.has(control.id) ? 10 * AFFORDABLE : AFFORDABLE);
    expect(Math.min(...costs)).toBeGreaterThan(0);
  });

  const crowded = keysOf(control).flatMap((key) => crowdedObject(key) ?? []);
  (crowded.length > 0 ? it : it.skip)('bears thousands of small elements', () => {
    for (const { results = [] } of ask(crowded.map((object) => question(control, object)))) {
      expect(results.filter(({ error, cost }) => error !== undefined || cost > BEARABLE)).toEqual([]);
    }
  });

  it('has the verdict of the API server over random objects', () => {
    const random = new Random(20261123);
    const objects = Array.from({ length: 100 }, () => randomObject(random, keysOf(control)));
    const answers = ask(objects.map((object) => question(control, object)));
    answers.forEach(({ results = [] }, i) => {
      const manifest = objects[i] as never;
      expect(decodeObject(manifest).problems).toEqual([]);
      const broken = new Set(compiled!.judge(manifest).map(({ validation }) => validation));
      const theirs = control.validations.filter((_, j) => results[j]!.value !== 'true');
      expect({ object: manifest, broken: [...broken] }).toEqual({ object: manifest, broken: theirs });
    });
  });
});
