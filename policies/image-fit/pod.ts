import type { Manifest } from '../../constructs';
import { CONTAINERS } from '../elements';
import { podKindOf } from '../subjects';

/** A field of an object that somebody wrote: it may be anything. */
export type Fields = Readonly<Record<string, unknown>>;

/** One container of a pod, and the pod. */
export interface PodContainer {
  readonly name: string;
  readonly container: Fields;
  readonly pod: Fields;
}

/** The `spec` of the pod that an object holds; undefined where it holds none. */
export function podOf(manifest: Manifest): Fields | undefined {
  const kind = podKindOf(manifest);
  if (kind === undefined) return undefined;
  return fields([...kind.pod, 'spec'].reduce<unknown>((value, key) => fields(value)[key], manifest));
}

/** All containers of a pod: the ordinary, the init and the ephemeral ones. */
export function containersOf(pod: Fields): readonly PodContainer[] {
  return CONTAINERS.lists
    .flatMap((name) => list(pod[name]))
    .map((entry) => ({ name: String(fields(entry)['name'] ?? ''), container: fields(entry), pod }));
}

/** A value as an object; empty where it is none. */
export function fields(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

/** A value as a list; empty where it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a container has in its security context, or else its pod: as Kubernetes reads both. */
export function security({ container, pod }: PodContainer, field: string): unknown {
  return fields(container['securityContext'])[field] ?? fields(pod['securityContext'])[field];
}
