import fc from 'fast-check';
import type { Manifest } from '../../../../constructs';
import { checkSchemas } from '../../../../policies';
import { UNKNOWN } from '../../../../policies/engine/cel/fault';
import { WIDGET, WIDGET_DEFINITION } from '../../support/valid-objects';

const told = (manifest: unknown, definitions: readonly unknown[] = [WIDGET_DEFINITION]): readonly string[] =>
  checkSchemas([{ manifest: manifest as Manifest, source: 'c' }], definitions as Manifest[]).problems.map(
    ({ message, fix }) => `${message} ${fix}`,
  );
const widget = (change: object): Manifest => ({ ...WIDGET, spec: { ...(WIDGET.spec as object), ...change } });

it('lets pass what the schema says', () => {
  expect(told(WIDGET)).toEqual([]);
});

it('does not stand in for a kind that is built in', () => {
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'configmaps.' },
    spec: {
      group: '',
      names: { kind: 'ConfigMap', plural: 'configmaps' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
  const apps = {
    ...definition,
    spec: { ...definition.spec, group: 'apps', names: { kind: 'DaemonSet', plural: 'daemonsets' } },
  };
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, dta: {} };
  const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' }, spce: {} };
  for (const manifest of [configMap, daemonSet])
    expect(told(manifest, [definition, apps]).join()).toContain('Unknown field.');
});

it.each<[string, object, string]>([
  ['an unknown field', { sise: 1 }, 'spec.sise: Unknown field. Did you mean "size"?'],
  ['a wrong type', { size: '3' }, 'spec.size: It is a string; it must be a whole number. Correct the field.'],
  [
    'a fraction for a whole number',
    { size: 1.5 },
    'spec.size: It is a number; it must be a whole number. Correct the field.',
  ],
  ['less than the minimum', { size: 0 }, 'spec.size: It must be at least 1. Correct the value.'],
  ['more than the maximum', { size: 11 }, 'spec.size: It must be at most 10. Correct the value.'],
  [
    'no more than an exclusive minimum',
    { ratio: 0 },
    'spec.ratio: It must be more than 0. Correct the value.',
  ],
  [
    'a value that is not listed',
    { mode: 'Slow' },
    'spec.mode: It must be one of "Fast","Safe". Correct the value.',
  ],
  [
    'a text that does not match',
    { name: 'ABC' },
    'spec.name: It does not match the pattern ^[a-z]+$. Correct the value.',
  ],
  [
    'a text that is too short',
    { name: 'a' },
    'spec.name: It has 1 characters; it must have at least 2. Correct the value.',
  ],
  [
    'a text that is too long',
    { name: 'aaaaaaaaa' },
    'spec.name: It has 9 characters; it must have at most 8. Correct the value.',
  ],
  [
    'neither number nor text',
    { port: true },
    'spec.port: It is a boolean; it must be a whole number or a string. Correct the field.',
  ],
  [
    'too few elements',
    { tags: [] },
    'spec.tags: It has 0 elements; it must have at least 1. Correct the value.',
  ],
  [
    'too many elements',
    { tags: ['a', 'b', 'c', 'd'] },
    'spec.tags: It has 4 elements; it must have at most 3. Correct the value.',
  ],
  [
    'a wrong element',
    { tags: [1] },
    'spec.tags[0]: It is a whole number; it must be a string. Correct the field.',
  ],
  ['a null element', { tags: [null] }, 'spec.tags[0]: It is null; it must be a string. Correct the field.'],
  [
    'a wrong value of a map',
    { limits: { a: 'x' } },
    'spec.limits.a: It is a string; it must be a whole number. Correct the field.',
  ],
  ['no multiple', { limits: { a: 3 } }, 'spec.limits.a: It must be a multiple of 2. Correct the value.'],
  [
    'too many names',
    { limits: { a: 2, b: 2, c: 2 } },
    'spec.limits: It has 3 fields; it must have at most 2. Correct the value.',
  ],
  [
    'a wrong type in what is otherwise free',
    { partly: { known: 1 } },
    'spec.partly.known: It is a whole number; it must be a string. Correct the field.',
  ],
  [
    'a missing field of an element',
    { list: [{}] },
    'spec.list[0].key: It is missing. Add it: it is required.',
  ],
  [
    'none of the alternatives',
    { either: {} },
    'spec.either: It fits 0 of the alternatives in oneOf. Make it fit exactly one.',
  ],
  [
    'more than one of the alternatives',
    { either: { a: 'x', b: 'y' } },
    'spec.either: It fits 2 of the alternatives in oneOf. Make it fit exactly one.',
  ],
  [
    'what is excluded',
    { either: { a: 'never' } },
    'spec.either: It is what the schema excludes (not). Change it.',
  ],
  [
    'metadata of an embedded object',
    { inner: { apiVersion: 'v1', kind: 'T', metadata: { nam: 'x' } } },
    'spec.inner.metadata.nam: Unknown field. Did you mean "name"?',
  ],
  [
    'an embedded object without a kind',
    { inner: { apiVersion: 'v1' } },
    'spec.inner.kind: It is missing. Add it: it is required.',
  ],
  ['null where something is required', { size: null }, 'spec.size: It is missing. Add it: it is required.'],
])('%s is wrong', (_what, change, message) => {
  expect(told(widget(change))).toEqual([`Widget example: ${message}`]);
});

it('metadata is that of every object', () => {
  expect(told({ ...WIDGET, metadata: { name: 'example', label: {} } })).toEqual([
    'Widget example: metadata.label: Unknown field. Did you mean "labels"?',
  ]);
});

it.each<[string, object]>([
  ['null where it is nullable, or dropped', { note: null, enabled: null }],
  ['anything where fields are kept', { free: { a: { b: [] } }, any: { a: 1 }, partly: { other: {} } }],
  ['a whole number as a number', { ratio: 1 }],
  ['a required field with a default', { mode: undefined }],
  [
    'what only Pulumi knows',
    { size: UNKNOWN, mode: UNKNOWN, name: UNKNOWN, tags: [UNKNOWN], either: { a: UNKNOWN }, list: UNKNOWN },
  ],
])('%s is right', (_what, change) => {
  expect(told(widget(change))).toEqual([]);
});

it('a definition in the same app counts, and names itself where it is wrong', () => {
  const objects = [WIDGET_DEFINITION, widget({ size: 'x' })].map((manifest) => ({ manifest, source: 'c' }));
  const { problems, notValidated } = checkSchemas(objects);
  expect(problems.map(({ message }) => message)).toEqual([
    'Widget example: spec.size: It is a string; it must be a whole number.',
  ]);
  expect(notValidated).toEqual([]);
});

it('a version that is not served is told', () => {
  expect(told({ ...WIDGET, apiVersion: 'keelson.example/v1beta1' })).toEqual([
    'Widget example: There is no keelson.example/v1beta1 Widget: its CustomResourceDefinition does not serve that version. Use one of v1.',
  ]);
});

it('what is no definition is refused as one', () => {
  expect(told(WIDGET, [{ kind: 'Widget' }, WIDGET_DEFINITION, 5])).toEqual([
    'It is no CustomResourceDefinition of apiextensions.k8s.io/v1. Give the CustomResourceDefinition as the cluster has it.',
    'It is no CustomResourceDefinition of apiextensions.k8s.io/v1. Give the CustomResourceDefinition as the cluster has it.',
  ]);
});

const defined = (schema: unknown): Manifest => {
  const copy = structuredClone(WIDGET_DEFINITION) as unknown as { spec: { versions: { schema: object }[] } };
  copy.spec.versions[1]!.schema = { openAPIV3Schema: schema } as object;
  return copy as unknown as Manifest;
};

it('a pattern that would take for ever elsewhere does not', () => {
  const schema = { properties: { spec: { properties: { name: { type: 'string', pattern: '^(a+)+$' } } } } };
  const started = Date.now();
  expect(told({ ...WIDGET, spec: { name: `${'a'.repeat(50_000)}!` } }, [defined(schema)])).toHaveLength(1);
  expect(Date.now() - started).toBeLessThan(2_000);
});

it('a schema that is nested without end is told, not followed', () => {
  let schema: object = {};
  for (let depth = 0; depth < 50_000; depth++) schema = { allOf: [schema] };
  expect(told(WIDGET, [defined(schema)]).at(-1)).toBe(
    'Widget example: It, or its schema, is nested too deep. Make it flatter.',
  );
});

it('whatever the schema and the object are, it never throws', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    'additionalProperties',
    'required',
    'enum',
    'pattern',
    'minLength',
    'maxItems',
    'multipleOf',
    'anyOf',
    'oneOf',
    'not',
    'nullable',
    'x-kubernetes-int-or-string',
    'x-kubernetes-embedded-resource',
    'spec',
    'a',
  );
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('object', 'array', 'string', 'integer'));
  const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.dictionary(
      keyword,
      fc.oneof({ maxDepth: 4 }, value, tie('schema'), fc.array(tie('schema'), { maxLength: 3 })),
      { maxKeys: 5 },
    ),
  }));
  fc.assert(
    fc.property(schema, fc.jsonValue(), (random, spec) => {
      told({ ...WIDGET, spec }, [defined(random), { ...WIDGET_DEFINITION, spec: random }]);
    }),
    { numRuns: 500 },
  );
});
