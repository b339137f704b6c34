import { conformanceCases, wrongAbout } from './conformance';
import outside from './conformance-outside.json';

/** Why cases of the specification are outside of what the engine does; `conformance-outside.json` names them. */
const REASONS: Readonly<Record<keyof typeof outside, string>> = {
  apiServer: 'The API server answers otherwise than the specification, and the engine as the API server.',
  binding: 'cel.bind and cel.block, which no control uses and the API server does not have.',
  checker:
    'A wrong number of arguments is refused when the expression is compiled, not when it is evaluated.',
  container: 'Names relative to a container, of which the API server knows none.',
  format: 'format() and quote() of strings.',
  libraries: 'Libraries that the API server does not have: math, encoders.',
  messages: 'Protobuf messages, wrappers and enumerations: objects of the API are maps.',
  names: 'A name that is not declared is refused when the expression is compiled, not when it is evaluated.',
  syntax: 'Optional fields and quoted field names, which the parser does not read.',
  twoVariables: 'Macros with two variables, which the parser does not expand.',
};

const cases = conformanceCases();
const left = new Set(
  Object.values(outside).flatMap((sections) =>
    Object.entries(sections).flatMap(([section, names]) =>
      names.split(' ').map((name) => `${section}/${name}`),
    ),
  ),
);

it('gives the answer of the specification in every other case', () => {
  const wrong = [...cases]
    .filter(([name]) => !left.has(name))
    .map(([name, test]) => [name, test.expr, wrongAbout(test)])
    .filter(([, , fault]) => fault !== undefined);
  expect(wrong).toEqual([]);
  expect(cases.size - left.size).toBeGreaterThan(1100);
});

it('names nothing as outside that passes, or that there is not', () => {
  const passes = [...left].filter((name) => !cases.has(name) || wrongAbout(cases.get(name)!) === undefined);
  expect(passes).toEqual([]);
});

it('has a reason for each', () => {
  expect(Object.keys(REASONS).sort()).toEqual(Object.keys(outside).sort());
});
