import { deepFreeze } from '../model';
import type { Manifest } from '../constructs';
import type { AccessObject } from './rbac';

interface BuiltInAccess {
  readonly release: string;
  readonly objects: readonly Manifest[];
}

let table: readonly AccessObject[] | undefined;

/**
 * The roles and bindings that an API server makes for itself, of the target release: manifests do not hold them, and they refer to
 * them. `schemas/built-in-access.ts` brings them up to date.
 */
export function builtInAccess(): readonly AccessObject[] {
  if (table === undefined) {
    // By the package's own name: it is the same file from the source and from `lib/`. Most commands never need it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() is slow, and jest cannot follow it
    const { release, objects } = require('keelson/schemas/built-in-access.json') as BuiltInAccess;
    table = deepFreeze(objects.map((manifest) => ({ manifest, source: `Kubernetes ${release}` })));
  }
  return table;
}

/** Objects of manifests together with what the API server makes for itself. */
export function withBuiltIn(objects: readonly AccessObject[]): readonly AccessObject[] {
  return [...builtInAccess(), ...objects];
}
