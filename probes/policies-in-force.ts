import { setTimeout as sleep } from 'node:timers/promises';
import { KeelsonError } from '../model';
import { CANARY_NAME, CANARY_NAMESPACE } from '../policies';
import type { ApiClient } from './client/api-client';

/** How long an API server may take to see new admission policies, in milliseconds. Around one second is usual. */
const PATIENCE_MS = 30_000;

/**
 * Waits until the API server refuses the canary for exactly this set of admission policies: then it has read all of
 * them. With several API servers, each has to say so three times in a row, which makes it likely for all of them.
 *
 * @param client somebody who may create ConfigMaps in the canary's namespace; nothing is ever stored (dry run)
 * @param digest the digest that the canary's refusal must name
 * @throws KeelsonError (`policy/not-in-force`) after 30 s
 */
export async function waitForPolicies(client: ApiClient, digest: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let refusals = 0; refusals < 3;) {
    const answer = await client.send({
      method: 'POST',
      path: `/api/v1/namespaces/${CANARY_NAMESPACE}/configmaps?dryRun=All`,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: CANARY_NAME } },
    });
    const refused = answer.status === 403 && answer.body.includes(digest);
    refusals = refused ? refusals + 1 : 0;
    if (refused) continue;
    if (Date.now() > deadline) {
      throw new KeelsonError({
        code: 'policy/not-in-force',
        where: `ConfigMap ${CANARY_NAMESPACE}/${CANARY_NAME}`,
        message: `The API server still does not refuse it after ${PATIENCE_MS / 1000} s (last: HTTP ${answer.status}).`,
        fix: 'Look at the ValidatingAdmissionPolicies whose names start with keelson-, and at the API server log.',
      });
    }
    await sleep(150);
  }
}
