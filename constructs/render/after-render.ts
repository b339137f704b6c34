import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { throwIfAny } from '../../model';
import { applyJsonPatches, patchesOf } from './json-patch';

/** A rendered Kubernetes object: plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** A change to an object that was rendered; pure. */
export type ManifestChange = (manifest: Manifest, object: ApiObject) => Manifest;

/** The changes that were asked for an object, or for all below a scope. */
const changes = new WeakMap<IConstruct, ManifestChange[]>();

/** What an object was when its patches had been applied. */
const patched = new WeakMap<ApiObject, Manifest>();

/**
 * Changes an object each time after cdk8s has rendered it, and before its JSON patches are applied: it sees containers and
 * settings that were added to a cdk8s-plus object after it was made, and a patch has the last word.
 */
export function afterRender(object: ApiObject, change: ManifestChange): void {
  addChange(object, change);
  renderInSteps(object);
}

/**
 * The same for every object below a scope, those that are added later too; what an object's own construct changes comes
 * first, and then the nearest scope.
 *
 * Objects that are added later are seen by `renderApp`, and where stock cdk8s validates before it writes.
 */
export function afterRenderBelow(scope: IConstruct, change: ManifestChange): void {
  const prepare = (): void => {
    for (const construct of scope.node.findAll())
      if (construct instanceof ApiObject) renderInSteps(construct);
  };
  addChange(scope, change);
  prepare();
  scope.node.addValidation({
    validate: () => {
      prepare();
      return [];
    },
  });
}

/** What an object was when its patches had been applied; undefined before it was rendered. */
export function patchedManifest(object: ApiObject): Manifest | undefined {
  return patched.get(object);
}

function addChange(scope: IConstruct, change: ManifestChange): void {
  changes.set(scope, [...(changes.get(scope) ?? []), change]);
}

const inSteps = new WeakSet<ApiObject>();

/**
 * Makes an object render in steps: as its class does, then the changes, then the JSON patches, each of which has to do what
 * it says. The classes of cdk8s-plus apply patches first, and drop every field that they do not know.
 */
export function renderInSteps(object: ApiObject): void {
  if (inSteps.has(object)) return;
  inSteps.add(object);
  const render = object.toJson.bind(object);
  object.toJson = () => {
    const changed = object.node.scopes
      .reverse()
      .flatMap((scope) => changes.get(scope) ?? [])
      .reduce((manifest, change) => change(manifest, object), withoutPatches(object, render));
    const { manifest, problems } = applyJsonPatches(object, changed);
    throwIfAny(problems);
    // A copy: who changes the object afterwards may change this very one.
    patched.set(object, patchesOf(object).length === 0 ? manifest : structuredClone(manifest));
    return manifest;
  };
}

function withoutPatches(object: ApiObject, render: () => unknown): Manifest {
  const patches = patchesOf(object);
  const kept = patches.splice(0);
  try {
    return render() as Manifest;
  } finally {
    patches.push(...kept);
  }
}
