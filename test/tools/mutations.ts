import type { Manifest } from '../../constructs';
import type { Random } from './cel-harness/random';

/** A changed copy of an object, and what was changed. */
export interface Mutation {
  readonly manifest: Manifest;
  readonly change: string;
}

const VALUES: readonly unknown[] = [
  'text',
  '',
  5,
  -1,
  1.5,
  1e10,
  true,
  null,
  [],
  {},
  { a: 1 },
  ['x'],
  [1],
  '5',
  '2026-01-31T12:00:00Z',
];

interface Place {
  readonly path: readonly (string | number)[];
  readonly holder: Record<string | number, unknown>;
  readonly key: string | number;
}

/** Changes one thing in an object, anywhere but in what says what it is: a name, a value, or one field more or less. */
export function mutated(valid: Manifest, random: Random): Mutation {
  const manifest = structuredClone(valid);
  const places: Place[] = [];
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return;
    const holder = value as Record<string | number, unknown>;
    for (const name of Object.keys(holder)) {
      if (path.length === 0 && (name === 'apiVersion' || name === 'kind')) continue;
      const key = Array.isArray(value) ? Number(name) : name;
      places.push({ path: [...path, key], holder, key });
      visit(holder[key], [...path, key]);
    }
  };
  visit(manifest, []);
  if (places.length === 0) return { manifest, change: 'nothing' };
  const { path, holder, key } = random.pick(places);
  const at = path.join('.');
  const list = Array.isArray(holder);
  switch (list ? 1 : random.below(5)) {
    case 0: {
      const renamed = random.pick([`${key}x`, String(key).slice(1), String(key).toUpperCase(), 'other']);
      holder[renamed] = holder[key];
      if (renamed !== key) delete holder[key];
      return { manifest, change: `${at} is called ${renamed}` };
    }
    case 2:
      holder.unknownField = random.pick(VALUES);
      return { manifest, change: `${at} has unknownField beside it` };
    case 3:
      delete holder[key];
      return { manifest, change: `${at} is gone` };
    default: {
      const value = random.pick(VALUES);
      holder[key] = value;
      return { manifest, change: `${at} is ${JSON.stringify(value)}` };
    }
  }
}
