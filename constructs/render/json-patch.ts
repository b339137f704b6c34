import { JsonPatch, type ApiObject } from 'cdk8s';
import type { Problem } from '../../model';
import { isOutput } from '../output';
import type { Manifest } from './after-render';
import { canonicalJson } from './digest';

/** An operation of a JSON patch (RFC 6902). */
interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** A patched object, and the operations that did nothing to it. */
export interface Patched {
  readonly manifest: Manifest;
  readonly problems: readonly Problem[];
}

/**
 * The patches of an object, which cdk8s keeps to itself: it applies them before anything else changes the object, and an
 * operation that hits nothing passes without a word.
 */
export function patchesOf(object: ApiObject): JsonPatch[] {
  return (object as unknown as { readonly patches: JsonPatch[] }).patches;
}

/**
 * Applies the JSON patches of an object to what was rendered of it. An operation whose place is not there, or whose value is
 * no plain data, is left out and told.
 */
export function applyJsonPatches(object: ApiObject, rendered: Manifest): Patched {
  const problems: Problem[] = [];
  let manifest = rendered;
  for (const patch of patchesOf(object)) {
    const operation = operationOf(patch);
    const wrong = whatIsWrong(operation, manifest);
    const next = wrong === undefined ? (apply(manifest, patch) as Manifest) : manifest;
    if (wrong !== undefined) problems.push(problemOf(object, operation, wrong));
    else if (isObject(next)) manifest = next;
    else problems.push(problemOf(object, operation, NO_OBJECT));
  }
  return { manifest, problems };
}

/** The operations whose places differ between the object as it was patched and as it is written. */
export function lostPatches(object: ApiObject, patched: Manifest, written: Manifest): readonly Problem[] {
  return patchesOf(object)
    .map(operationOf)
    .filter(({ path }) => {
      const keys = keysOf(path);
      const parent = keys.slice(0, -1);
      // Elements of a list move when others come and go.
      const place = Array.isArray(valueAt(patched, parent)) ? parent : keys;
      return canonicalJson(valueAt(patched, place)) !== canonicalJson(valueAt(written, place));
    })
    .map((operation) =>
      problemOf(object, operation, {
        message: 'something changed the object after its patches were applied.',
        fix: 'Change the object with afterRender, not by replacing its toJson.',
      }),
    );
}

function operationOf(patch: JsonPatch): Operation {
  return (patch as unknown as { readonly operation: Operation }).operation;
}

type Wrong = Pick<Problem, 'message' | 'fix'> & { readonly code?: Problem['code'] };

const NO_OBJECT: Wrong = {
  message: 'what it leaves is no Kubernetes object.',
  fix: 'Keep apiVersion, kind and metadata.',
};

function isObject({ apiVersion, kind, metadata }: Manifest): boolean {
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    typeof metadata === 'object' &&
    (metadata as unknown) !== null &&
    !Array.isArray(metadata)
  );
}

/** cdk8s changes what it is given. */
function apply(manifest: Manifest, patch: JsonPatch): unknown {
  return JsonPatch.apply(structuredClone(manifest), patch);
}

function whatIsWrong(operation: Operation, manifest: Manifest): Wrong | undefined {
  const { op, path, from, value } = operation;
  if (op === 'move' || op === 'copy') {
    const source = missing(manifest, from ?? '', false);
    if (source !== undefined) return { message: source, fix: `Correct "from", which is "${from}".` };
    if (op === 'move' && path.startsWith(`${from}/`))
      return { message: 'it moves a field into itself.', fix: 'Correct "from" or "path".' };
    // A field that moves is gone from where it was before it is added.
    const rest = op === 'move' ? apply(manifest, JsonPatch.remove(from!)) : manifest;
    return placeProblem(missing(rest as Manifest, path, true));
  }
  const place = placeProblem(missing(manifest, path, op === 'add'));
  if (place !== undefined || op === 'remove') return place;
  if (holdsOutput(value)) {
    return {
      code: 'output/computed',
      message: 'its value is a Pulumi Output, and patches are applied after Outputs got their places.',
      fix: 'Give the Output to the object as a property.',
    };
  }
  if (!isPlain(value))
    return { message: 'its value is no plain data, so nothing of it is written.', fix: 'Give JSON.' };
  if (op === 'test' && canonicalJson(valueAt(manifest, keysOf(path))) !== canonicalJson(value))
    return { message: 'its test fails.', fix: 'Correct the object, or the patch that no longer fits it.' };
  return undefined;
}

function placeProblem(message: string | undefined): Wrong | undefined {
  return message === undefined ? undefined : { message, fix: 'Correct the path, or remove the patch.' };
}

/** What of a place is not there; undefined where an operation can act on it. */
function missing(manifest: Manifest, pointer: string, adds: boolean): string | undefined {
  if (!pointer.startsWith('/')) return 'its path does not start with "/".';
  const keys = keysOf(pointer);
  const last = keys[keys.length - 1]!;
  if (keys.some((key) => key === '__proto__')) return 'its path leads out of the object.';
  let holder: unknown = manifest;
  for (const [index, key] of keys.slice(0, -1).entries()) {
    holder = step(holder, key);
    if (holder === null || typeof holder !== 'object')
      return `there is nothing with fields at "${pointerOf(keys.slice(0, index + 1))}".`;
  }
  if (Array.isArray(holder)) {
    if (adds && (last === '-' || last === String(holder.length))) return undefined;
    return hasIndex(holder, last) ? undefined : `the list has ${holder.length} elements, and no "${last}".`;
  }
  return adds || Object.hasOwn(holder as object, last) ? undefined : 'there is no such field.';
}

function step(holder: unknown, key: string): unknown {
  if (Array.isArray(holder)) return hasIndex(holder, key) ? holder[Number(key)] : undefined;
  return holder !== null && typeof holder === 'object' && Object.hasOwn(holder, key)
    ? (holder as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function hasIndex(list: readonly unknown[], key: string): boolean {
  return /^(0|[1-9]\d*)$/.test(key) && Number(key) < list.length;
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce(step, value);
}

function keysOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function pointerOf(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}

/** Deeper than any Kubernetes object is. */
const MAX_DEPTH = 64;

/** Whether a value is what JSON can say. */
function isPlain(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > MAX_DEPTH) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((inner) => isPlain(inner, depth + 1));
}

function holdsOutput(value: unknown, depth = 0): boolean {
  if (isOutput(value)) return true;
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) return false;
  return Object.values(value).some((inner) => holdsOutput(inner, depth + 1));
}

function problemOf(object: ApiObject, { op, path }: Operation, { code, message, fix }: Wrong): Problem {
  return {
    code: code ?? 'construct/patch',
    where: object.node.path,
    message: `JSON patch "${op} ${path}" does not reach the output: ${message}`,
    fix,
  };
}
