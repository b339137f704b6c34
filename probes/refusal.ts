import { admissionPolicyName, CONTROLS, POD_KINDS, wrapPod, type PodKind } from '../policies';
import type { ApiClient } from './client/api-client';
import type { Attempt, ProbeResult } from './probe';
import { resultOf } from './probe';

/** Pod Security judges pods only; of the other kinds our own policies are the first to refuse. */
const REFUSED_BY_POD_SECURITY = 'violates PodSecurity';

/**
 * Tries to create each bad example of a control, in each kind that holds a pod, as a dry run. It is proved where each is
 * refused and at least one refusal names the control's own policy.
 */
export async function refusesBadExamples(client: ApiClient, controlId: string): Promise<ProbeResult> {
  const control = CONTROLS.find(({ id }) => id === controlId)!;
  const policy = admissionPolicyName(control);
  const attempts: Attempt[] = [];
  for (const podKind of POD_KINDS) {
    for (const [index, example] of control.examples.bad.entries()) {
      attempts.push(await tryToCreate(client, podKind, index, example));
    }
  }
  const namesPolicy = attempts.some(({ seen }) => seen.includes(policy));
  const named: Attempt = {
    attempt: `a refusal names ${policy}`,
    seen: namesPolicy ? 'yes' : 'no',
    ok: namesPolicy,
  };
  return resultOf([...attempts, named]);
}

async function tryToCreate(
  client: ApiClient,
  podKind: PodKind,
  index: number,
  example: Readonly<Record<string, unknown>>,
): Promise<Attempt> {
  const prefix =
    podKind.apiGroup === ''
      ? `/api/${podKind.apiVersion}`
      : `/apis/${podKind.apiGroup}/${podKind.apiVersion}`;
  const pod = { restartPolicy: podKind.apiGroup === 'batch' ? 'Never' : 'Always', ...example };
  const answer = await client.send({
    method: 'POST',
    path: `${prefix}/namespaces/default/${podKind.resource}?dryRun=All`,
    body: wrapPod(podKind, pod, 'keelson-probe'),
  });
  const message = answer.json<{ message?: string }>()?.message ?? '';
  const byPolicy = /ValidatingAdmissionPolicy '([^']+)'/.exec(message)?.[1];
  const by =
    byPolicy ?? (message.includes(REFUSED_BY_POD_SECURITY) ? 'Pod Security' : `HTTP ${answer.status}`);
  return {
    attempt: `create ${podKind.kind} from bad example ${index + 1} (dry run)`,
    seen: answer.status === 403 ? `refused by ${by}` : `not refused: HTTP ${answer.status}`,
    ok: answer.status === 403,
  };
}
