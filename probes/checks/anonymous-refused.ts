import type { ApiClient } from '../client/api-client';
import { defineProbe, resultOf, type Attempt } from '../probe';

const HEALTH_PATHS = ['/livez', '/readyz', '/healthz'];
const OTHER_PATHS = [
  '/api',
  '/apis',
  '/version',
  '/metrics',
  '/openapi/v2',
  '/api/v1/namespaces/default/secrets',
];
const NOBODIES = ['system:anonymous', 'system:unauthenticated'];

/** Kubernetes makes this one itself, and again whenever it starts: it reads health and version, no object. */
const BUILT_IN = 'system:public-info-viewer';

interface Binding {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly roleRef: { readonly name: string };
  readonly subjects?: readonly { readonly name: string }[];
}

export default defineProbe({
  id: 'anonymous-refused',
  recommendations: ['AUTH-1'],
  claim:
    'Without credentials only the three health paths answer, and no binding but a built-in one names nobody.',
  open: `the built-in binding ${BUILT_IN} still names system:unauthenticated`,
  run: async ({ client }) => {
    const anonymous = client.anonymous();
    const attempts: Attempt[] = [];
    try {
      for (const path of [...HEALTH_PATHS, ...OTHER_PATHS]) {
        const { status } = await anonymous.send({ path });
        const ok = HEALTH_PATHS.includes(path) ? status === 200 : status === 401;
        attempts.push({ attempt: `GET ${path} without credentials`, seen: `HTTP ${status}`, ok });
      }
    } finally {
      anonymous.close();
    }
    for (const kind of ['clusterrolebindings', 'rolebindings']) attempts.push(await bindings(client, kind));
    return resultOf(attempts);
  },
});

/** Looks for bindings that give rights to those who did not say who they are. */
async function bindings(client: ApiClient, kind: string): Promise<Attempt> {
  const attempt = `look for ${kind} that name ${NOBODIES.join(' or ')}`;
  const answer = await client.send({ path: `/apis/rbac.authorization.k8s.io/v1/${kind}` });
  const items = answer.json<{ items?: readonly Binding[] }>()?.items;
  if (items === undefined) return { attempt, seen: `HTTP ${answer.status}`, ok: false };
  const found = items
    .filter(({ subjects = [] }) => subjects.some(({ name }) => NOBODIES.includes(name)))
    .filter(({ metadata, roleRef }) => metadata.name !== BUILT_IN || roleRef.name !== BUILT_IN)
    .map(({ metadata }) => [metadata.namespace, metadata.name].filter(Boolean).join('/'));
  return { attempt, seen: found.join(', ') || 'none', ok: found.length === 0 };
}
