import type { Manifest } from '../constructs';
import { apiGroupOf, apiVersionOf, POD_KINDS, type PodKind } from './kinds';

/** Part of a manifest, enough to show what a control means. */
export type Example = Readonly<Record<string, unknown>>;

const byKind = new Map(POD_KINDS.map((podKind) => [`${podKind.apiGroup}/${podKind.kind}`, podKind]));

/** The entry of `POD_KINDS` for an object; undefined where it holds no pod. */
export function podKindOf(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): PodKind | undefined {
  return byKind.get(`${apiGroupOf(manifest)}/${manifest.kind}`);
}

/** A CEL variable that controls may use as `variables.NAME`. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** What controls over pods may use: the pod's `metadata` and `spec`, wherever the kind keeps them. */
export const POD_VARIABLES: readonly Variable[] = [
  { name: 'podMetadata', expression: podExpression('metadata', '{}') },
  { name: 'podSpec', expression: podExpression('spec') },
];

/**
 * CEL for a field of the pod that an object holds: `object.spec.template.FIELD` unless the kind keeps it elsewhere.
 *
 * @param otherwise CEL for the value where the field is absent; without it, its absence is an error
 * @param root the variable that has the object
 */
export function podExpression(field: string, otherwise?: string, root = 'object'): string {
  const paths = new Map<string, string[]>();
  for (const { kind, pod } of POD_KINDS) {
    const path = [root, ...pod, field].join('.');
    paths.set(path, [...(paths.get(path) ?? []), kind]);
  }
  const orElse = (path: string): string =>
    otherwise === undefined ? path : `${present(path, field)} ? ${path} : ${otherwise}`;
  const usual = `${root}.spec.template.${field}`;
  const exceptions = [...paths].filter(([path]) => path !== usual);
  return exceptions.reduceRight(
    (rest, [path, kinds]) => `${root}.kind == "${kinds[0]}" ? (${orElse(path)}) : (${rest})`,
    orElse(usual),
  );
}

/** CEL: every part of a field below a path that ends with it is there. */
function present(path: string, field: string): string {
  const parts = field.split('.');
  const base = path.slice(0, -field.length - 1);
  return parts.map((_, index) => `has(${[base, ...parts.slice(0, index + 1)].join('.')})`).join(' && ');
}

/** What the pod of an example belongs to. */
const EXAMPLE_OWNER = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'example',
  uid: '00000000-0000-4000-8000-000000000000',
  controller: true,
};

/**
 * An object of the given kind that holds a pod; a Pod itself belongs to a ReplicaSet.
 *
 * @param pod the pod's `spec`, or an object with its `metadata` and `spec`
 */
export function wrapPod(podKind: PodKind, pod: Example, name = 'example', namespace = 'default'): Manifest {
  const { metadata: podMetadata, spec } = ('spec' in pod ? pod : { metadata: {}, spec: pod }) as {
    metadata?: { labels?: object; annotations?: object };
    spec: Example;
  };
  const labels = { app: name, ...podMetadata?.labels };
  const template = { metadata: { ...podMetadata, labels }, spec };
  const base = { apiVersion: apiVersionOf(podKind), kind: podKind.kind, metadata: { name, namespace } };
  switch (podKind.kind) {
    case 'Pod': {
      // As a controller makes it: a pod that belongs to nothing is a matter of its own.
      const metadata = { ownerReferences: [EXAMPLE_OWNER], ...podMetadata, ...base.metadata };
      return { ...base, metadata, spec } as Manifest;
    }
    case 'PodTemplate':
      return { ...base, template };
    case 'ReplicationController':
      return { ...base, spec: { selector: labels, template } };
    case 'Job':
      return { ...base, spec: { template } };
    case 'CronJob':
      return { ...base, spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } } };
    default:
      return { ...base, spec: { selector: { matchLabels: labels }, template } };
  }
}
