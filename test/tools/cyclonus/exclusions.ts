import type { Manifest } from '../../../constructs';

/* What cyclonus 0.5.6 judges otherwise than the API says, or not at all; its questions go around it. */

/** Why an object is not given to cyclonus as it is. */
export interface Exclusion {
  readonly reason: string;
  /** The objects as cyclonus is given them; undefined where the object is left out. */
  readonly change: (object: Manifest, objects: readonly Manifest[]) => Manifest | undefined;
}

/** Everything that is gone around, by what it is. */
export const EXCLUSIONS: Readonly<Record<string, Exclusion>> = {
  'policy types that are not written': {
    reason: 'The API server fills them in before anybody else reads the policy; cyclonus panics without.',
    change: (object) =>
      object.kind === 'NetworkPolicy'
        ? ({ ...object, spec: { ...specOf(object), policyTypes: typesOf(specOf(object)) } } as Manifest)
        : object,
  },
  'NotIn over a label that somebody lacks': {
    reason: 'By the API an absent label is in no list, so that NotIn holds; for cyclonus it does not.',
    change: (object, objects) => {
      const keys = keysOf(object, /"key":"([^"]*)","operator":"NotIn"/g);
      return keys.some((key) => objects.some((one) => lacks(one, key))) ? undefined : object;
    },
  },
  'matchLabels with an empty value': {
    reason: 'cyclonus takes an absent label for an empty one.',
    change: (object) => (keysOf(object, /"matchLabels":\{"([^"]*)":""\}/g).length > 0 ? undefined : object),
  },
  'pods in the network of their node': {
    reason: 'cyclonus knows no such pods, and holds them by their labels.',
    change: (object) => (specOf(object).hostNetwork === true ? undefined : object),
  },
};

/** The objects that cyclonus is given. */
export function forCyclonus(
  objects: readonly Manifest[],
  exclusions: readonly Exclusion[] = Object.values(EXCLUSIONS),
): readonly Manifest[] {
  return exclusions.reduce<readonly Manifest[]>(
    (left, { change }) => left.flatMap((object) => change(object, left) ?? []),
    objects,
  );
}

interface Spec {
  readonly policyTypes?: readonly string[] | null;
  readonly egress?: readonly unknown[] | null;
  readonly hostNetwork?: boolean;
}

function specOf({ spec }: Manifest): Spec {
  return (spec ?? {}) as Spec;
}

function typesOf({ policyTypes, egress }: Spec): readonly string[] {
  if (policyTypes?.length) return policyTypes;
  return ['Ingress', ...(egress?.length ? ['Egress'] : [])];
}

/** Label keys of a policy's selectors. */
function keysOf(object: Manifest, pattern: RegExp): readonly string[] {
  if (object.kind !== 'NetworkPolicy') return [];
  return [...JSON.stringify(object.spec).matchAll(pattern)].map(([, key]) => key!);
}

/** Whether a pod or namespace has no label of a key; every namespace has that of its name. */
function lacks({ kind, metadata }: Manifest, key: string): boolean {
  if (kind === 'NetworkPolicy' || key === 'kubernetes.io/metadata.name') return false;
  return !Object.hasOwn(metadata.labels ?? {}, key);
}
