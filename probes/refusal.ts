import {
  admissionPolicyName,
  checkObjects,
  CONTROLS,
  POD_KINDS,
  wrapPod,
  type PodKind,
  type Example,
} from '../policies';
import type { ApiClient } from './client/api-client';
import { resultOf, type Attempt, type ProbeResult } from './probe';

/** What an API server says when Pod Security is the first to refuse, which judges pods only. */
const REFUSED_BY_POD_SECURITY = 'violates PodSecurity';

/**
 * Tries to create each bad example of a control, in each kind that holds a pod, as a dry run. It is proved where each is
 * refused, by Pod Security or by a policy that our own engine says it breaks, and our policies were among those who did.
 */
export async function refusesBadExamples(client: ApiClient, controlId: string): Promise<ProbeResult> {
  const control = CONTROLS.find(({ id }) => id === controlId)!;
  const attempts: Attempt[] = [];
  for (const podKind of POD_KINDS) {
    for (const [index, example] of control.examples.bad.entries()) {
      attempts.push(await tryToCreate(client, podKind, index, example));
    }
  }
  const byPolicy = attempts.filter(({ seen }) => seen.startsWith('refused by keelson-')).length;
  const ours: Attempt = { attempt: 'refusals by our own policies', seen: String(byPolicy), ok: byPolicy > 0 };
  return resultOf([...attempts, ours]);
}

async function tryToCreate(
  client: ApiClient,
  podKind: PodKind,
  index: number,
  example: Example,
): Promise<Attempt> {
  const prefix =
    podKind.apiGroup === ''
      ? `/api/${podKind.apiVersion}`
      : `/apis/${podKind.apiGroup}/${podKind.apiVersion}`;
  const pod = { restartPolicy: podKind.apiGroup === 'batch' ? 'Never' : 'Always', ...example };
  const manifest = wrapPod(podKind, pod, 'keelson-probe');
  const answer = await client.send({
    method: 'POST',
    path: `${prefix}/namespaces/default/${podKind.resource}?dryRun=All`,
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
    attempt: `create ${podKind.kind} from bad example ${index + 1} (dry run)`,
    seen:
      answer.status === 403 && by !== undefined
        ? `refused by ${by}`
        : `HTTP ${answer.status}: ${message.slice(0, 200)}`,
    ok:
      answer.status === 403 &&
      (podSecurity !== undefined || (policy !== undefined && broken.includes(policy))),
  };
}
