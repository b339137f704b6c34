import type { Manifest } from '../../constructs';

/** A Kubernetes object, and where it stands in its document. */
export interface FoundObject {
  readonly manifest: Manifest;
  /** For example `items[2]`; empty where the document is the object. */
  readonly path: string;
}

/** What is no Kubernetes object, and where it stands in its document. */
export interface NoObject {
  readonly reason: string;
  readonly path: string;
}

/** Lists of lists end here; kubectl has no use for more than one. */
const MAX_LISTS = 10;

/**
 * The Kubernetes objects of a document: one, or those of a list (`kind: List`, or `DeploymentList` as the API gives it).
 *
 * @param value what the document says
 */
export function* objectsOf(value: unknown, path = '', lists = 0): Generator<FoundObject | NoObject> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    yield { reason: `It is ${nameOf(value)}, no Kubernetes object.`, path };
    return;
  }
  const { apiVersion, kind, metadata, items } = value as Record<string, unknown>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '') {
    const missing = [
      ...(typeof apiVersion === 'string' && apiVersion !== '' ? [] : ['apiVersion']),
      ...(typeof kind === 'string' && kind !== '' ? [] : ['kind']),
    ];
    yield { reason: `It has no ${missing.join(' and no ')}, so it is no Kubernetes object.`, path };
  } else if (kind.endsWith('List') && Array.isArray(items) && lists < MAX_LISTS) {
    for (const [index, item] of items.entries()) {
      yield* objectsOf(typed(item, apiVersion, kind), below(path, `items[${index}]`), lists + 1);
    }
  } else if (metadata !== null && metadata !== undefined && !isMap(metadata)) {
    yield { reason: `Its metadata is ${nameOf(metadata)}, no map.`, path: below(path, 'metadata') };
  } else {
    const named = { ...(metadata as object | undefined) } as Manifest['metadata'];
    for (const field of ['name', 'namespace'] as const) {
      const text: unknown = named[field];
      if (text === undefined || text === null || typeof text === 'string') continue;
      yield { reason: `Its ${field} is ${nameOf(text)}, no text.`, path: below(path, `metadata.${field}`) };
      return;
    }
    yield { manifest: { ...(value as Manifest), metadata: named }, path };
  }
}

/** The API leaves the type out of what stands in a typed list. */
function typed(item: unknown, apiVersion: string, kind: string): unknown {
  if (!isMap(item) || kind === 'List') return item;
  return { apiVersion, kind: kind.slice(0, -'List'.length), ...item };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

/** The path of a part. */
export function below(path: string, part: string): string {
  if (path === '' || part === '') return path + part;
  return `${path}.${part}`;
}
