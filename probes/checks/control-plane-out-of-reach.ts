import { examplePod } from '../../policies/example-pod';
import { lesserSubjects, type BoundSubject } from '../bound-subjects';
import type { ApiClient } from '../client/api-client';
import { mayThey, type AccessAction } from '../client/access';
import { pagesOf } from '../client/list';
import { defineProbe, resultOf, together, type Attempt } from '../probe';
import { isSystemNamespace, refusesBadExamples, refusesPod } from '../refusal';

/** What a kubelet asks the authorizer for. */
const KUBELET = ['proxy', 'log', 'metrics', 'stats', 'configz', 'pods', 'healthz', 'checkpoint', 'spec'];

/** Ways into pods that run, and to their place. */
const INTO_PODS = [
  ...['exec', 'attach', 'portforward', 'proxy', 'binding'].map((name) => [`pods/${name}`, 'create'] as const),
  ['pods/proxy', 'get'],
  ['pods/ephemeralcontainers', 'patch'],
] as const;

const WORKLOADS = [
  ...['pods', 'replicationcontrollers', 'podtemplates'].map((resource) => ['', resource] as const),
  ...['deployments', 'replicasets', 'statefulsets', 'daemonsets'].map(
    (resource) => ['apps', resource] as const,
  ),
  ...['jobs', 'cronjobs'].map((resource) => ['batch', resource] as const),
];

/** What nobody but an administrator may do to a node, and in kube-system. */
const FORBIDDEN: readonly (AccessAction & { readonly namespace: string })[] = [
  ...KUBELET.flatMap((subresource) =>
    ['get', 'create'].map((verb) => ({ ...at(''), resource: `nodes/${subresource}`, verb })),
  ),
  ...['create', 'update', 'delete'].map((verb) => ({ ...at(''), resource: 'nodes', verb })),
  ...INTO_PODS.map(([resource, verb]) => ({ ...at('kube-system'), resource, verb })),
  ...WORKLOADS.flatMap(([group, resource]) =>
    ['create', 'update', 'patch', 'delete'].map((verb) => ({
      ...at('kube-system'),
      ...{ group, resource, verb },
    })),
  ),
];

function at(namespace: string): { readonly group: string; readonly namespace: string } {
  return { group: '', namespace };
}

export default defineProbe({
  id: 'control-plane-out-of-reach',
  recommendations: ['NET-2'],
  claim:
    'Nobody whom a binding names, but known administrators and the parts of Kubernetes, reaches a kubelet, the pods of kube-system or a static pod; a workload that could run on a node of the control plane is refused.',
  open: 'the namespaces of the system are exempt from the refusal; who may change a node can take its taint away',
  run: async ({ client }) => {
    const subjects = await lesserSubjects(client);
    return together(
      resultOf([
        ...(await outOfReach(client, subjects)),
        await someoneMay(client),
        await nothingThere(client),
      ]),
      await refusesPod(client, 'a pod that says it is static', {
        metadata: { annotations: { 'kubernetes.io/config.mirror': 'probe' } },
        spec: examplePod({ nodeName: 'control-plane' }),
      }),
      await refusesBadExamples(client, 'control-plane-scheduling'),
    );
  },
});

async function outOfReach(client: ApiClient, subjects: readonly BoundSubject[]): Promise<readonly Attempt[]> {
  const questions = subjects.flatMap((subject) =>
    FORBIDDEN.map((action) => ({ ...action, subject: { user: subject.user, groups: subject.groups } })),
  );
  const answers = await mayThey(client, questions);
  return subjects.map(({ label }, index) => {
    const found = FORBIDDEN.filter((_, place) => answers[index * FORBIDDEN.length + place]);
    return {
      attempt: `ask whether ${label} may do one of ${FORBIDDEN.length} things to nodes and in kube-system`,
      seen: found.length === 0 ? 'none' : found.map(({ verb, resource }) => `${verb} ${resource}`).join(', '),
      ok: found.length === 0,
    };
  });
}

/** Where nobody may do anything, a refusal says nothing. */
async function someoneMay(client: ApiClient): Promise<Attempt> {
  const subject = { user: 'keelson-probe', groups: ['system:masters'] };
  const answers = await mayThey(
    client,
    FORBIDDEN.map((action) => ({ ...action, subject })),
  );
  return {
    attempt: 'ask whether an administrator may',
    seen: `${answers.filter(Boolean).length} of ${FORBIDDEN.length}`,
    ok: answers.every(Boolean),
  };
}

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly spec?: { readonly nodeName?: string };
}

/** Pods on nodes of the control plane that are not of the system. */
async function nothingThere(client: ApiClient): Promise<Attempt> {
  const attempt = 'look for workloads on nodes of the control plane';
  const [nodes, pods] = [await listed(client, '/api/v1/nodes'), await listed(client, '/api/v1/pods')];
  if (nodes === undefined || pods === undefined) return { attempt, seen: 'not listed', ok: false };
  const role = 'node-role.kubernetes.io/control-plane';
  const names = nodes
    .filter(({ metadata }) => role in (metadata.labels ?? {}))
    .map(({ metadata }) => metadata.name);
  const found = pods.filter(
    ({ metadata, spec }) =>
      names.includes(spec?.nodeName ?? '') && !isSystemNamespace(metadata.namespace ?? ''),
  );
  return {
    attempt,
    seen: `${found.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(', ') || 'none'}; ${names.length} such nodes`,
    ok: found.length === 0,
  };
}

async function listed(client: ApiClient, path: string): Promise<readonly Named[] | undefined> {
  const items: Named[] = [];
  for await (const page of pagesOf(client, path)) {
    if (typeof page === 'number') return undefined;
    items.push(...(page as Named[]));
  }
  return items;
}
