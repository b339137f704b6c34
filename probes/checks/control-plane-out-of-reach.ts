import { examplePod } from '../../policies/example-pod';
import { administratorMay } from '../administrator-may';
import { lesserSubjects, liveBindings, type BoundSubject } from '../bound-subjects';
import type { ApiClient } from '../client/api-client';
import { mayThey, type AccessAction } from '../client/access';
import { pagesOf } from '../client/list';
import { isOwnRight } from '../parts-of-kubernetes';
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

const CHANGES = ['create', 'update', 'patch', 'delete'];

/** What nobody but an administrator may do to a node, and in kube-system. */
const FORBIDDEN: readonly (AccessAction & { readonly namespace: string })[] = [
  ...KUBELET.flatMap((subresource) =>
    ['get', 'create'].map((verb) => ({ ...at(''), resource: `nodes/${subresource}`, verb })),
  ),
  ...CHANGES.map((verb) => ({ ...at(''), resource: 'nodes', verb })),
  ...INTO_PODS.map(([resource, verb]) => ({ ...at('kube-system'), resource, verb })),
  ...WORKLOADS.flatMap(([group, resource]) =>
    CHANGES.map((verb) => ({
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
  open: 'accounts of kube-system count as parts of Kubernetes, whoever made them; the namespaces of the system are exempt from the refusal; the files of static pods on the nodes are not looked at',
  run: async ({ client }) => {
    const subjects = lesserSubjects(await liveBindings(client));
    const nodes = (await listed(client, '/api/v1/nodes'))
      .filter(({ metadata }) => 'node-role.kubernetes.io/control-plane' in (metadata.labels ?? {}))
      .map(({ metadata }) => metadata.name);
    const changes = nodes.flatMap((name) =>
      CHANGES.map((verb) => ({ ...at(''), resource: 'nodes', verb, name })),
    );
    const forbidden = [...FORBIDDEN, ...changes];
    return together(
      resultOf([
        ...(await outOfReach(client, subjects, forbidden)),
        await administratorMay(client, forbidden),
        await nothingThere(client, nodes),
      ]),
      await refusesPod(client, 'a pod that says it is static', {
        metadata: { annotations: { 'kubernetes.io/config.mirror': 'probe' } },
        spec: examplePod({ nodeName: 'control-plane' }),
      }),
      await refusesBadExamples(client, 'control-plane-scheduling'),
    );
  },
});

async function outOfReach(
  client: ApiClient,
  subjects: readonly BoundSubject[],
  forbidden: typeof FORBIDDEN,
): Promise<readonly Attempt[]> {
  const questions = subjects.flatMap(({ label, user, groups }) =>
    forbidden.map((action) => ({ ...action, label, subject: { user, groups } })),
  );
  const answers = await mayThey(client, questions);
  // What Kubernetes itself gives its parts is theirs.
  const allowed = questions.filter((question, index) => answers[index] && !isOwnRight(question));
  return subjects.map(({ label }) => {
    const found = allowed.filter((question) => question.label === label);
    return {
      attempt: `ask whether ${label} may do one of ${forbidden.length} things to nodes and in kube-system`,
      seen:
        found.length === 0
          ? 'none'
          : found
              .map(({ verb, resource, name }) => [verb, resource, name].filter(Boolean).join(' '))
              .join(', '),
      ok: found.length === 0,
    };
  });
}

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly spec?: { readonly nodeName?: string };
}

/** Pods on nodes of the control plane that are not of the system. */
async function nothingThere(client: ApiClient, nodes: readonly string[]): Promise<Attempt> {
  const found = (await listed(client, '/api/v1/pods'))
    .filter(({ spec }) => nodes.includes(spec?.nodeName ?? ''))
    .filter(({ metadata }) => !isSystemNamespace(metadata.namespace ?? ''))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  return {
    attempt: 'look for workloads on nodes of the control plane',
    seen: `${found.join(', ') || 'none'}; ${nodes.length} such nodes`,
    ok: found.length === 0,
  };
}

async function listed(client: ApiClient, path: string): Promise<readonly Named[]> {
  const items: Named[] = [];
  for await (const page of pagesOf(client, path)) {
    if (typeof page === 'number') throw new Error(`listing ${path} was answered ${page}`);
    items.push(...(page as Named[]));
  }
  return items;
}
