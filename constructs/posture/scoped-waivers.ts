import type { IConstruct } from 'constructs';
import { deepFreeze, type Waiver } from '../../model';

const given = new WeakMap<IConstruct, Waiver[]>();

/** How many were given so far, anywhere: what was collected before another one is stale. */
let count = 0;
const collected = new WeakMap<
  IConstruct,
  { readonly count: number; readonly waivers: readonly ScopedWaiver[] }
>();

/** A waiver and the scope below which the object that it names has to be. */
export interface ScopedWaiver {
  readonly waiver: Waiver;
  readonly scope: IConstruct;
}

/**
 * Adds a waiver for something below a scope: what somebody who writes only a part of the tree may relax there. It stays as it
 * is now, whatever becomes of the object that was given.
 */
export function addWaiver(scope: IConstruct, waiver: Waiver): void {
  given.set(scope, [...(given.get(scope) ?? []), deepFreeze({ ...waiver })]);
  count += 1;
}

/** The waivers that were added anywhere below a scope, in the order of the tree. */
export function waiversBelow(scope: IConstruct): readonly ScopedWaiver[] {
  const known = collected.get(scope);
  if (known?.count === count) return known.waivers;
  const waivers = scope.node
    .findAll()
    .flatMap((construct) => (given.get(construct) ?? []).map((waiver) => ({ waiver, scope: construct })));
  collected.set(scope, { count, waivers });
  return waivers;
}
