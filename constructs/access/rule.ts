import type { ApiResource } from './api-resource';

/** The verbs of a resource that has all of those of Kubernetes. */
const USUAL_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
] as const;

/** A verb of requests for objects. */
export type UsualVerb = (typeof USUAL_VERBS)[number];

/** What narrows a rule down. */
export interface RuleLimits {
  /**
   * Names of the objects it is limited to; `list` and `watch` then need a field selector for the name.
   *
   * @default - all objects of the resource
   */
  readonly names?: readonly string[];
}

/** Something a role allows. It is made by `allow` or `allowPaths`, and nothing in it is a wildcard. */
export class AccessRule {
  /** @internal */
  public constructor(
    /** What it is about; undefined where it is about paths. */
    public readonly resource: ApiResource | undefined,
    /** Paths of the API server that are no resources; undefined where it is about a resource. */
    public readonly paths: readonly string[] | undefined,
    /** What may be done. */
    public readonly verbs: readonly string[],
    /** The objects it is limited to. */
    public readonly names?: readonly string[],
  ) {}
}

/**
 * A rule that allows verbs on a resource. What the resource does not have does not compile:
 * `allow(api.configMaps, ['get'], { names: ['settings'] })`. The role that takes it checks it once more, for JavaScript.
 *
 * Source: AUTH-3; CIS 5.1.3.
 */
export function allow<Verb extends string>(
  resource: ApiResource<Verb>,
  verbs: readonly NoInfer<Verb>[],
  { names }: RuleLimits = {},
): AccessRule {
  return new AccessRule(resource, undefined, verbs, names);
}

/**
 * A rule that allows to read paths of the API server that are no resources, for example `/metrics`. Only a role for the whole
 * cluster can have it. Source: AUTH-3.
 */
export function allowPaths(paths: readonly string[], verbs: readonly ['get'] = ['get']): AccessRule {
  return new AccessRule(undefined, paths, verbs);
}

/** A resource of a CustomResourceDefinition, or of an extension API server. */
export interface CustomResource<Verb extends string = UsualVerb> {
  /** Its API group, for example `example.com`. */
  readonly apiGroup: string;
  /** Its name in the plural, for example `widgets` or `widgets/status`. */
  readonly resource: string;
  /**
   * Whether its objects are in namespaces.
   *
   * @default true
   */
  readonly namespaced?: boolean;
  /**
   * What can be done with it.
   *
   * @default - the eight verbs of Kubernetes
   */
  readonly verbs?: readonly Verb[];
}

/** A resource that Kubernetes itself does not have, for `allow`. */
export function customResource<const Verb extends string = UsualVerb>({
  apiGroup,
  resource,
  namespaced = true,
  verbs,
}: CustomResource<Verb>): ApiResource<Verb> {
  return {
    apiGroup,
    resource,
    namespaced,
    verbs: verbs ?? (USUAL_VERBS as readonly string[] as readonly Verb[]),
  };
}
