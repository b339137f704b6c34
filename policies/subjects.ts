import type { Manifest } from '../constructs';

/** Part of a pod's `spec`, enough to show what a control means. */
export type PodSpecExample = Readonly<Record<string, unknown>>;

/** A kind that holds a pod, and where in it the pod's `spec` stands. */
export interface PodKind {
  readonly kind: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  /** Plural name in the API, as admission rules use it. */
  readonly resource: string;
  /** Fields that lead to the pod's `spec`. */
  readonly podSpec: readonly string[];
}

const TEMPLATE = ['spec', 'template', 'spec'] as const;

/** Every kind of Kubernetes itself that holds a pod. */
export const POD_KINDS: readonly PodKind[] = [
  { kind: 'Pod', apiGroup: '', apiVersion: 'v1', resource: 'pods', podSpec: ['spec'] },
  {
    kind: 'PodTemplate',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'podtemplates',
    podSpec: ['template', 'spec'],
  },
  {
    kind: 'ReplicationController',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'replicationcontrollers',
    podSpec: TEMPLATE,
  },
  { kind: 'Deployment', apiGroup: 'apps', apiVersion: 'v1', resource: 'deployments', podSpec: TEMPLATE },
  { kind: 'ReplicaSet', apiGroup: 'apps', apiVersion: 'v1', resource: 'replicasets', podSpec: TEMPLATE },
  { kind: 'StatefulSet', apiGroup: 'apps', apiVersion: 'v1', resource: 'statefulsets', podSpec: TEMPLATE },
  { kind: 'DaemonSet', apiGroup: 'apps', apiVersion: 'v1', resource: 'daemonsets', podSpec: TEMPLATE },
  { kind: 'Job', apiGroup: 'batch', apiVersion: 'v1', resource: 'jobs', podSpec: TEMPLATE },
  {
    kind: 'CronJob',
    apiGroup: 'batch',
    apiVersion: 'v1',
    resource: 'cronjobs',
    podSpec: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  },
];

const byKind = new Map(POD_KINDS.map((podKind) => [`${podKind.apiGroup}/${podKind.kind}`, podKind]));

/** The entry of `POD_KINDS` for an object; undefined where it holds no pod. */
export function podKindOf(manifest: Manifest): PodKind | undefined {
  const group = manifest.apiVersion.includes('/') ? manifest.apiVersion.split('/')[0] : '';
  return byKind.get(`${group}/${manifest.kind}`);
}

/** A CEL variable that a subject offers to its controls as `variables.NAME`. */
export interface SubjectVariable {
  readonly name: string;
  readonly expression: string;
}

/** What controls over pods may use: `variables.podSpec`, and `variables.containers` with all three sorts of containers. */
export const POD_VARIABLES: readonly SubjectVariable[] = [
  { name: 'podSpec', expression: podSpecExpression() },
  {
    name: 'containers',
    expression: [
      '(has(variables.podSpec.containers) ? variables.podSpec.containers : [])',
      '(has(variables.podSpec.initContainers) ? variables.podSpec.initContainers : [])',
      '(has(variables.podSpec.ephemeralContainers) ? variables.podSpec.ephemeralContainers : [])',
    ].join(' + '),
  },
];

/** `object.spec.template.spec` unless the kind keeps it elsewhere. */
function podSpecExpression(): string {
  const paths = new Map<string, string[]>();
  for (const { kind, podSpec } of POD_KINDS) {
    const path = ['object', ...podSpec].join('.');
    paths.set(path, [...(paths.get(path) ?? []), kind]);
  }
  const usual = ['object', ...TEMPLATE].join('.');
  const exceptions = [...paths].filter(([path]) => path !== usual);
  return exceptions.reduceRight(
    (otherwise, [path, kinds]) => `object.kind == "${kinds[0]}" ? ${path} : ${otherwise}`,
    usual,
  );
}

/** An object of the given kind that holds a pod with this `spec`. */
export function wrapPod(
  podKind: PodKind,
  podSpec: PodSpecExample,
  name = 'example',
  namespace = 'default',
): Manifest {
  const apiVersion =
    podKind.apiGroup === '' ? podKind.apiVersion : `${podKind.apiGroup}/${podKind.apiVersion}`;
  const metadata = { name, namespace };
  const labels = { app: name };
  const template = { metadata: { labels }, spec: podSpec };
  const base = { apiVersion, kind: podKind.kind, metadata };
  switch (podKind.kind) {
    case 'Pod':
      return { ...base, spec: podSpec };
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
