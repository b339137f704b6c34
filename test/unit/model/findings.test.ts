import { formatResource } from '../../../model';

it.each([
  ['in a namespace', 'shop', 'Pod shop/p'],
  ['without a namespace', '', 'Pod p'],
])('an object %s is named in messages as kubectl names it', (_where, namespace, text) => {
  expect(formatResource({ apiVersion: 'v1', kind: 'Pod', namespace, name: 'p' })).toBe(text);
});
