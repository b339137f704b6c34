/** Parts of an object of which there can be several, each judged on its own, so that a finding names the one. */
export interface Elements {
  /** What an expression calls the element, for example `container`. */
  readonly as: string;
  /** Where the lists stand: in the pod's `spec`, or in the object. */
  readonly within: 'podSpec' | 'object';
  /** The fields that hold the lists. */
  readonly lists: readonly string[];
  /** CEL for the text by which a person knows the element. */
  readonly label: string;
}

/** All containers of a pod: the ordinary, the init and the ephemeral ones. */
export const CONTAINERS: Elements = {
  as: 'container',
  within: 'podSpec',
  lists: ['containers', 'initContainers', 'ephemeralContainers'],
  label: 'container.name',
};

/** The containers that are declared with their pod; an ephemeral one has neither resources nor ports. */
export const DECLARED_CONTAINERS: Elements = { ...CONTAINERS, lists: ['containers', 'initContainers'] };

/** The volumes of a pod. */
export const VOLUMES: Elements = {
  as: 'volume',
  within: 'podSpec',
  lists: ['volumes'],
  label: 'volume.name',
};

/** The rules of a Role or ClusterRole; known by the resources, or paths, that they are about. */
export const RULES: Elements = {
  as: 'rule',
  within: 'object',
  lists: ['rules'],
  label: 'has(rule.resources) ? rule.resources.join("+") : "paths"',
};

/** The subjects of a RoleBinding or ClusterRoleBinding. */
export const BOUND_SUBJECTS: Elements = {
  as: 'subject',
  within: 'object',
  lists: ['subjects'],
  label: 'subject.name',
};

/** The webhooks of a webhook configuration. */
export const WEBHOOKS: Elements = {
  as: 'webhook',
  within: 'object',
  lists: ['webhooks'],
  label: 'webhook.name',
};

/**
 * CEL for the list of all elements; a list that is absent counts as empty, and so does a null: the API server makes that of a
 * required list that is left out, as in a ClusterRole that others are aggregated into.
 */
export function elementsExpression({ within, lists }: Elements): string {
  const root = within === 'podSpec' ? 'variables.podSpec' : 'object';
  return lists
    .map((list) => `(has(${root}.${list}) && ${root}.${list} != null ? ${root}.${list} : [])`)
    .join(' + ');
}

/** Name of the variable that holds all elements, for example `containers`. */
export function elementsVariable({ as }: Elements): string {
  return `${as}s`;
}
