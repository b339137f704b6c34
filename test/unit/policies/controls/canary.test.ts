/** A finding shows no text of an object but where the API knows a few words: what is written elsewhere may be a secret. */
import type { Manifest } from '../../../../constructs';
import { CONTROLS, isPodKind, judgesPods, wrapPod, type Control, type Example } from '../../../../policies';
import { compileControls, type CompiledControl } from '../../../../policies/engine/compile';

const CANARY = 'canary-5f3a9c';

/** Fields of which Kubernetes lists the values, by how their path ends. */
const ENUMERATIONS =
  /(^|\.)(capabilities\.(add|drop)|(seccompProfile|appArmorProfile)\.type|procMount|failurePolicy)$/;

/** Copies of a value, each with another text in place of one of its texts. */
function* withOneText(value: unknown, texts: (text: string) => readonly string[]): Generator<unknown> {
  if (typeof value === 'string') yield* texts(value);
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries())
      for (const copy of withOneText(inner, texts))
        yield Object.assign([...(value as unknown[])], { [index]: copy });
  } else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value))
      for (const copy of withOneText(inner, texts)) yield { ...value, [key]: copy };
  }
}

/** Something that holds a secret, in front of what was there, behind it, or instead. */
const hostile = (text: string): readonly string[] => [
  CANARY,
  `${text}${CANARY}`,
  `${CANARY}${text}`,
  `user:${CANARY}@${text}`,
];

/** The name of a kind stays, or no control would judge the object. */
function objectsOf(control: Control, example: Example): readonly Manifest[] {
  if (judgesPods(control)) {
    return [...withOneText(example, hostile)].map((copy) =>
      wrapPod(control.kinds.find(isPodKind)!, copy as Example, 'p', 'shop'),
    );
  }
  const { apiVersion, kind, ...rest } = example;
  return [...withOneText(rest, hostile)].map(
    (copy) => ({ apiVersion, kind, ...(copy as object) }) as Manifest,
  );
}

describe.each(CONTROLS.map((control) => [control.id, control] as const))('%s', (_id, control) => {
  it('shows a value only at a field, and only where it holds nothing secret', () => {
    const [compiled] = compileControls([control]) as [CompiledControl];
    const shown = control.examples.bad
      .flatMap((example) => objectsOf(control, example))
      .flatMap((object) => compiled.judge(object))
      .filter(
        ({ path, value }) => !ENUMERATIONS.test(path) && JSON.stringify([path, value]).includes(CANARY),
      );
    expect(shown.map(({ path, value }) => [path, value])).toEqual([]);
    const editions = [control, ...(control.earlier ?? [])].flatMap(({ validations }) => validations);
    expect(editions.filter(({ showsValue, path }) => showsValue === true && path === '')).toEqual([]);
  });
});

it('what is hostile is judged: it breaks controls as the examples do', () => {
  const broken = CONTROLS.flatMap((control) => {
    const [compiled] = compileControls([control]) as [CompiledControl];
    return control.examples.bad
      .flatMap((example) => objectsOf(control, example))
      .flatMap((object) => compiled.judge(object));
  });
  expect(broken.length).toBeGreaterThan(2000);
});
