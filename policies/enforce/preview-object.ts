import type { Manifest } from '../../constructs';

const PULUMI_TYPE = /^kubernetes:(?:([^/:]+)\/)?([^/:]+):(\w+)$/;

/** What a Pulumi resource stands for. */
export interface ResourceObjects {
  readonly objects: readonly Manifest[];
  /** Why its objects cannot be judged before the API server has them; absent where they can. */
  readonly unseen?: string;
}

/**
 * The Kubernetes objects that a Pulumi resource stands for, as plain data: one, or each item of a list.
 *
 * @param type the resource's type, for example `kubernetes:apps/v1:Deployment`
 * @param props its inputs; reading a property whose value is not known yet may throw
 * @param unknown what stands for such a value
 */
export function objectsOfResource(
  type: string,
  props: Readonly<Record<string, unknown>>,
  unknown: unknown,
): ResourceObjects {
  const [, group, version, kind] = PULUMI_TYPE.exec(type) ?? [];
  if (version === undefined || kind === undefined) return { objects: [] };
  if (group === 'helm.sh') return { objects: [], unseen: 'a Helm release makes its objects in the provider' };
  if (kind.endsWith('Patch')) return { objects: [], unseen: 'a patch shows a part of its object only' };
  const data = plain(props, unknown) as Record<string, unknown>;
  const apiVersion = group === undefined || group === 'core' ? version : `${group}/${version}`;
  if (kind.endsWith('List') && Array.isArray(data.items)) {
    const items = (data.items as unknown[]).map((item) => ({
      apiVersion,
      kind: kind.slice(0, -'List'.length),
      ...(item as object),
    }));
    return { objects: items.map(withMetadata) };
  }
  const typed = withMetadata({ ...data, apiVersion, kind });
  const { apiVersion: declaredVersion, kind: declaredKind } = data;
  const same = (declaredVersion ?? apiVersion) === apiVersion && (declaredKind ?? kind) === kind;
  return { objects: same ? [typed] : [typed, withMetadata(data)] };
}

function withMetadata(object: object): Manifest {
  return { metadata: {}, ...object } as unknown as Manifest;
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
 * @param before what the object was, as plain data; `after` was made from it and shares what did not change
 */
export function changeInPlace(target: unknown, before: unknown, after: unknown): void {
  const object = target as Record<string, unknown>;
  const [old, fresh] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  for (const key of Object.keys(old)) if (!Object.hasOwn(fresh, key)) delete object[key];
  for (const [key, value] of Object.entries(fresh)) {
    if (old[key] === value) continue;
    if (!nested(old[key]) || !nested(value) || Array.isArray(old[key]) !== Array.isArray(value)) {
      object[key] = value;
    } else if (Array.isArray(value) && value.length !== (old[key] as unknown[]).length) {
      const elements = object[key] as unknown[];
      object[key] = value.map((item: unknown) => {
        const index = (old[key] as unknown[]).indexOf(item);
        return index < 0 ? item : elements[index];
      });
    } else {
      changeInPlace(object[key], old[key], value);
    }
  }
}

/** Whether a value holds another somewhere. */
export function holds(value: unknown, sought: unknown): boolean {
  if (value === sought) return true;
  return nested(value) && Object.values(value).some((inner) => holds(inner, sought));
}

function nested(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}
