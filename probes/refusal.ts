import {
  admissionPolicyName,
  checkObjects,
  CONTROLS,
  EXEMPT_NAMESPACES,
  POD_KINDS,
  wrapPod,
  type PodKind,
  type Example,
} from '../policies';
import type { ApiClient } from './client/api-client';
import { resultOf, unavailable, type Attempt, type ProbeResult } from './probe';

/** What an API server says when Pod Security is the first to refuse, which judges pods only. */
const REFUSED_BY_POD_SECURITY = 'violates PodSecurity';

/**
 * Tries to create each bad example of some controls, in each kind that holds a pod, as a dry run. It is proved where each is
 * refused, by Pod Security or by a policy that our own engine says it breaks, our policies were among those who did, and the
 * policies of these controls are bound to deny.
 */
export async function refusesBadExamples(
  client: ApiClient,
  ...controlIds: readonly string[]
): Promise<ProbeResult> {
  const namespace = await ordinaryNamespace(client);
  if (namespace === undefined) return unavailable('no namespace but those of the system and default');
  const attempts: Attempt[] = [];
  for (const id of controlIds) {
    const { bad } = CONTROLS.find((control) => control.id === id)!.examples;
    for (const podKind of POD_KINDS) {
      for (const [index, example] of bad.entries()) {
        const what = `bad example ${index + 1} of ${id}`;
        attempts.push(await tryToCreate(client, podKind, what, example, namespace));
      }
    }
  }
  for (const id of controlIds) attempts.push(await bindingDenies(client, id));
  const byPolicy = attempts.filter(({ seen }) => seen.startsWith('refused by keelson-')).length;
  const ours: Attempt = { attempt: 'refusals by our own policies', seen: String(byPolicy), ok: byPolicy > 0 };
  return resultOf([...attempts, ours]);
}

/** Tries to create a pod as a dry run: it is proved where Pod Security or a policy that it breaks refuses it. */
export async function refusesPod(client: ApiClient, what: string, pod: Example): Promise<ProbeResult> {
  const namespace = await ordinaryNamespace(client);
  if (namespace === undefined) return unavailable('no namespace but those of the system and default');
  return resultOf([await tryToCreate(client, POD_KINDS[0]!, what, pod, namespace)]);
}

/** Whether a namespace is one of the system, which is exempt. */
export function isSystemNamespace(name: string): boolean {
  return EXEMPT_NAMESPACES.includes(name);
}

/**
 * The API server names one policy of all that refuse, so that none can be asked for its own refusal: whether the control's
 * policy is bound to deny is read from its binding.
 */
async function bindingDenies(client: ApiClient, id: string): Promise<Attempt> {
  const name = admissionPolicyName({ id });
  const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/${name}`;
  const binding = (await client.send({ path })).json<{ spec?: { validationActions?: readonly string[] } }>();
  const actions = binding?.spec?.validationActions ?? [];
  return {
    attempt: `read the binding ${name}`,
    seen: actions.join(', ') || 'no binding',
    ok: actions.includes('Deny'),
  };
}

/** A namespace in which nothing is refused for being there. */
async function ordinaryNamespace(client: ApiClient): Promise<string | undefined> {
  const answer = await client.send({ path: '/api/v1/namespaces' });
  const { items = [] } = answer.json<{ items?: { metadata: { name: string } }[] }>() ?? {};
  return items
    .map(({ metadata }) => metadata.name)
    .find((name) => ![...EXEMPT_NAMESPACES, 'default'].includes(name));
}

async function tryToCreate(
  client: ApiClient,
  podKind: PodKind,
  what: string,
  example: Example,
  namespace: string,
): Promise<Attempt> {
  const prefix =
    podKind.apiGroup === ''
      ? `/api/${podKind.apiVersion}`
      : `/apis/${podKind.apiGroup}/${podKind.apiVersion}`;
  const restartPolicy = podKind.apiGroup === 'batch' ? 'Never' : 'Always';
  const pod =
    'spec' in example
      ? { ...example, spec: { restartPolicy, ...(example.spec as object) } }
      : { restartPolicy, ...example };
  const manifest = wrapPod(podKind, pod, 'keelson-probe', namespace);
  const answer = await client.send({
    method: 'POST',
    path: `${prefix}/namespaces/${namespace}/${podKind.resource}?dryRun=All`,
    body: manifest,
  });
  const message = answer.json<{ message?: string }>()?.message ?? '';
  const broken = checkObjects([{ manifest, source: '' }]).map(({ control }) =>
    admissionPolicyName({ id: control }),
  );
  const policy = /ValidatingAdmissionPolicy '([^']+)'/.exec(message)?.[1];
  const podSecurity = message.includes(REFUSED_BY_POD_SECURITY) ? 'Pod Security' : undefined;
  const by = policy ?? podSecurity;
  return {
    attempt: `create ${podKind.kind} from ${what} (dry run)`,
    seen:
      answer.status === 403 && by !== undefined
        ? `refused by ${by}`
        : `HTTP ${answer.status}: ${message.slice(0, 200)}`,
    ok:
      answer.status === 403 &&
      (podSecurity !== undefined || (policy !== undefined && broken.includes(policy))),
  };
}
