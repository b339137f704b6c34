/** A resource of the API, or a subresource, and what can be done with it. */
export interface ApiResource<Verb extends string = string> {
  /** API group; the core group is the empty string. */
  readonly apiGroup: string;
  /** The name by which rules know it, for example `pods` or `pods/log`. */
  readonly resource: string;
  /** Whether its objects are in namespaces. */
  readonly namespaced: boolean;
  /** What can be allowed: the verbs of requests, and those that other parts of Kubernetes ask for by name. */
  readonly verbs: readonly Verb[];
  /**
   * The first release that serves it.
   * @default - every release that is supported
   */
  readonly since?: string;
}
