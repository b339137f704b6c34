import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../constructs';
import { KeelsonError, throwIfAny, type Problem } from '../model';
import { CANARY_NAME, CANARY_NAMESPACE } from '../policies';
import type { ApiClient } from './client/api-client';
import { differences } from './differences';

/** How long an API server may take to see new admission policies, in milliseconds. Around one second is usual. */
const PATIENCE_MS = 30_000;

/**
 * Waits until the API server refuses the canary for exactly this set of admission policies: then it has read all of
 * them. With several API servers, each has to say so three times in a row, which makes it likely for all of them.
 *
 * @param client somebody who may create ConfigMaps in the canary's namespace; nothing is ever stored (dry run)
 * @param digest the digest that the canary's refusal must name
 * @param policies the admission policies and bindings as they were declared; the live ones must not differ
 * @throws KeelsonError (`policy/not-in-force`) after 30 s, or naming every policy that is missing or was changed
 */
export async function waitForPolicies(
  client: ApiClient,
  digest: string,
  policies: readonly Manifest[],
): Promise<void> {
  await refuseChanged(client, policies);
  await waitForCanary(client, digest);
}

async function waitForCanary(client: ApiClient, digest: string): Promise<void> {
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

/** The canary speaks for itself only: what the others say live is compared with what was declared. */
async function refuseChanged(client: ApiClient, policies: readonly Manifest[]): Promise<void> {
  const problems: Problem[] = [];
  for (const policy of policies) {
    const { kind, metadata, apiVersion } = policy;
    const resource =
      kind === 'ValidatingAdmissionPolicy'
        ? 'validatingadmissionpolicies'
        : 'validatingadmissionpolicybindings';
    const answer = await client.send({ path: `/apis/${apiVersion}/${resource}/${metadata.name}` });
    const changed =
      answer.status === 200 ? differences(policy.spec, answer.json<Manifest>()?.spec, 'spec') : ['missing'];
    if (changed.length === 0) continue;
    problems.push({
      code: 'policy/not-in-force',
      where: `${kind} ${metadata.name}`,
      message: `It is not in the cluster as it was declared: ${changed[0]!.slice(0, 200)}.`,
      fix: 'Run `pulumi up --refresh` to put it back, and find out from the audit log who changed it.',
    });
  }
  throwIfAny(problems);
}
