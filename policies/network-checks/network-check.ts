import type { ResourceRef, Severity } from '../../model';
import type { Cluster, NetworkObject, Reachability, ReachabilityIndex, Sides } from '../../reachability';
import type { Mappings } from '../control';

/** Everything that checks of a network look at. */
export interface NetworkView {
  readonly objects: readonly NetworkObject[];
  readonly cluster: Cluster;
  readonly sides: Sides;
  readonly reachability: Reachability;
  readonly index: ReachabilityIndex;
}

/** What breaks a check, and where. */
export interface Broken {
  readonly resource: ResourceRef;
  /** Construct path, or file. */
  readonly source: string;
  /** The field, from the object's root. */
  readonly path: string;
  /** What is wrong, with what was received. */
  readonly message: string;
  readonly line?: number;
}

/**
 * Something that must hold of all objects of a network together, which no expression over one object can say: so it is judged
 * at synth and by `keelson reach`, and not by the API server. It is waived as a control is.
 */
export interface NetworkCheck {
  /** Lasting name; lower case words joined by dashes. */
  readonly id: string;
  /** What must hold, in one line. */
  readonly title: string;
  /** Why: what goes wrong where it does not hold. */
  readonly rationale: string;
  readonly severity: Severity;
  /** What to change. */
  readonly remediation: string;
  readonly mappings: Pick<Mappings, 'recommendations' | 'cis' | 'attack'>;
  /** Finds what breaks it. */
  judge(view: NetworkView): Iterable<Broken>;
}

/** Gives a check's file its type. */
export function defineNetworkCheck(check: NetworkCheck): NetworkCheck {
  return check;
}

/** Something wrong in an object. */
export function brokenIn(object: NetworkObject, path: string, message: string): Broken {
  const { apiVersion, kind, metadata } = object.manifest;
  return {
    resource: { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name ?? '' },
    source: object.source,
    path,
    message,
    ...(object.lineOf === undefined ? {} : { line: object.lineOf(path) }),
  };
}
