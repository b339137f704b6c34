import type { Manifest } from '../../constructs';
import { apiGroupOf } from '../kinds';

const PULUMI_TYPE = /^kubernetes:([^/:]+)\/([^/:]+):(\w+)$/;

/**
 * The Kubernetes objects that a Pulumi resource stands for, as plain data.
 *
 * @param type the resource's type, for example `kubernetes:apps/v1:Deployment`
 * @param props its inputs; reading a property whose value is not known yet may throw
 * @param unknown what stands for such a value
 * @returns one object; each item of a list; nothing for what is no Kubernetes object of its own, such as a patch
 */
export function objectsOfResource(
  type: string,
  props: Readonly<Record<string, unknown>>,
  unknown: unknown,
): readonly Manifest[] {
  const [, group, version, kind] = PULUMI_TYPE.exec(type) ?? [];
  if (group === undefined || version === undefined || kind === undefined || kind.endsWith('Patch')) return [];
  const data = plain(props, unknown) as Record<string, unknown>;
  if (kind.endsWith('List') && Array.isArray(data.items)) return data.items.filter(isManifest);
  const apiVersion = group === 'core' ? version : `${group}/${version}`;
  return [{ metadata: {}, ...data, apiVersion, kind } as unknown as Manifest];
}

/** A name by which a person knows the resource before the cluster does. */
export function isManifest(value: unknown): value is Manifest {
  const { apiVersion, kind } = (value ?? {}) as Partial<Manifest>;
  return (
    typeof apiVersion === 'string' && typeof kind === 'string' && apiGroupOf({ apiVersion }) !== undefined
  );
}

/** A deep copy in which a property that cannot be read yet is `unknown`. */
function plain(value: unknown, unknown: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  const read = (key: string): unknown => {
    try {
      return plain((value as Record<string, unknown>)[key], unknown);
    } catch {
      return unknown;
    }
  };
  if (Array.isArray(value)) return Object.keys(value).map(read);
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}

/**
 * Changes an object in place until it is what `after` says, and touches nothing else: what is secret in it stays marked.
 *
 * @param before what the object was, as plain data
 */
export function changeInPlace(target: unknown, before: unknown, after: unknown): void {
  const object = target as Record<string, unknown>;
  const [old, fresh] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  for (const key of Object.keys(old)) if (!Object.hasOwn(fresh, key)) delete object[key];
  for (const [key, value] of Object.entries(fresh)) {
    if (nested(old[key]) && nested(value) && Array.isArray(old[key]) === Array.isArray(value)) {
      if (Array.isArray(value) && value.length !== (old[key] as unknown[]).length) object[key] = value;
      else changeInPlace(object[key], old[key], value);
    } else if (old[key] !== value) {
      object[key] = value;
    }
  }
}

function nested(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}
