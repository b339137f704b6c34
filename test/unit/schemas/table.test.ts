import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compact, type Publication } from '../../../schemas/document';
import { merge, tableText } from '../../../schemas/merge';

const publication = (field: object, required: readonly string[] = []): Publication => ({
  kinds: [{ group: 'apps', version: 'v1', kind: 'Thing', namespaced: false }],
  schemas: {
    'io.k8s.api.apps.v1.Thing': {
      type: 'object',
      required,
      properties: { field, name: { type: 'string' } },
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Thing' }],
    },
    'io.k8s.apimachinery.pkg.api.resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
});

const quantity = { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' };

it.each<[string, object, string]>([
  ['a whole number', { type: 'integer', format: 'int32' }, 'i'],
  ['a list of texts', { type: 'array', items: { type: 'string' } }, '[s'],
  ['a map of quantities', { type: 'object', additionalProperties: { allOf: [quantity] } }, '{q'],
  ['a reference', { allOf: [{ $ref: '#/components/schemas/io.k8s.api.apps.v1.Thing' }] }, 'apps.v1.Thing'],
])('%s has a code', (_what, field, code) => {
  expect(compact(publication(field))).toEqual({
    kinds: { 'apps/v1 Thing': '*apps.v1.Thing' },
    types: { 'apps.v1.Thing': { field: code, name: 's' } },
  });
});

it('what has no code stops the script: nothing is guessed', () => {
  expect(() => compact(publication({ type: 'integer', format: 'int8' }))).toThrow('no code');
  expect(() => compact(publication({ $ref: '#/components/schemas/none' }))).toThrow('not published');
});

it('releases share what is the same, and a field is required only where the newest says so', () => {
  const older = compact(publication({ type: 'string' }, ['field', 'name']));
  const newer = compact(publication({ type: 'integer', format: 'int64' }, ['name']));
  const { types } = merge({ '1.1': older, '1.2': newer });
  expect(types).toEqual({ 'apps.v1.Thing': { field: ['s', 'l'], name: '!s' } });
});

it('the table is small, and has the text that the script writes', () => {
  const text = readFileSync(join(__dirname, '../../../schemas/kubernetes.json'), 'utf8');
  expect(tableText(JSON.parse(text) as never)).toBe(text);
  expect(text.length).toBeLessThan(200_000);
});
