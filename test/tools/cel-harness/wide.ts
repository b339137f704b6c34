import { KUBERNETES_TYPES } from '../../../policies/engine/schema/table';

/** How many elements the lists of a wide object have, by how deep they stand: near the 1.5 MB that an object may have. */
const LENGTHS = [16, 4, 2];

const SCALARS: Readonly<Record<string, unknown>> = {
  b: true,
  d: {},
  i: 8080,
  l: 8080,
  q: '1500m',
  s: 'registry.example/team/app:1.2.3',
  t: '2026-01-31T12:00:00Z',
  x: 8080,
  y: 'aGVsbG8=',
};

/** An object of a kind (`apiVersion kind`) with every field set and long lists: what is dearest to judge. */
export function wideObject(key: string): Record<string, unknown> {
  const [apiVersion, kind] = key.split(' ');
  const object = wide(KUBERNETES_TYPES.kinds[key]!, 0, []) as Record<string, unknown>;
  return { ...object, apiVersion, kind, status: {} };
}

/**
 * An object of a kind with thousands of small elements, each as a harmless person would write it: what takes longest for its
 * size. Undefined for a kind that has no such lists.
 */
export function crowdedObject(key: string): Record<string, unknown> | undefined {
  const [apiVersion, kind] = key.split(' ');
  const named = { apiVersion, kind, metadata: { name: 'crowded' } };
  if (kind === 'Role' || kind === 'ClusterRole') {
    const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    return { ...named, rules: Array.from({ length: 3_000 }, () => rule) };
  }
  if (kind === 'ConfigMap') {
    const data = Array.from({ length: 10_000 }, (_, i) => [`setting.number-${i}`, `value ${i}`]);
    return { ...named, data: Object.fromEntries(data) };
  }
  if (kind !== 'Pod') return undefined;
  const env = Array.from({ length: 8_000 }, (_, i) => ({ name: `SETTING_${i}`, value: `value ${i}` }));
  const args = Array.from({ length: 8_000 }, (_, i) => `--setting-${i}=${i}`);
  return { ...named, spec: { containers: [{ name: 'app', image: 'app', env, args }] } };
}

function wide(code: string, lists: number, parents: readonly string[]): unknown {
  if (Object.hasOwn(SCALARS, code)) return SCALARS[code];
  const rest = code.slice(1);
  const length = LENGTHS[lists] ?? 1;
  switch (code[0]) {
    case '*':
      return wide(rest, lists, parents);
    case '[':
      return Array.from({ length }, () => wide(rest, lists + 1, parents));
    case '{':
      return Object.fromEntries(Array.from({ length }, (_, i) => [`k${i}`, wide(rest, lists + 1, parents)]));
  }
  if (parents.includes(code) || parents.length > 9) return {};
  return Object.fromEntries(
    Object.entries(KUBERNETES_TYPES.types[code]!).map(([name, inner]) => [
      name,
      name === 'managedFields' ? [] : wide(inner.slice(1), lists, [...parents, code]),
    ]),
  );
}
