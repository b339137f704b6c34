import type { Manifest } from '../constructs';
import { mapOf, textOf } from './loose';

/** A Kubernetes object, and where it was declared. */
export interface NetworkObject {
  readonly manifest: Manifest;
  /** Construct path, or file. */
  readonly source: string;
  /** The line of `source` on which a field stands. @default - places have no line */
  readonly lineOf?: (path: string) => number;
  /** A cluster said it, its status included. @default - somebody wrote it */
  readonly live?: true;
}

/** Construct path, or file and line. */
export function placeOf({ source, lineOf }: NetworkObject, path = ''): string {
  return lineOf === undefined ? source : `${source}:${lineOf(path)}`;
}

/** The name of an object. */
export function nameOf({ metadata }: Manifest): string {
  return textOf(mapOf(metadata).name);
}

/** The namespace of an object that may live in one. */
export function namespaceOf({ metadata }: Manifest): string {
  return textOf(mapOf(metadata).namespace) || 'default';
}
