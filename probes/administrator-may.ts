import { SUPERUSERS } from '../authorization';
import type { ApiClient } from './client/api-client';
import { mayThey, type AccessAction } from './client/access';
import type { Attempt } from './probe';

/** Asks whether an administrator may do what others must not: where nobody may do anything, a refusal says nothing. */
export async function administratorMay(
  client: ApiClient,
  actions: readonly (AccessAction & { readonly namespace?: string })[],
): Promise<Attempt> {
  const subject = { user: 'keelson-probe', groups: [SUPERUSERS] };
  const answers = await mayThey(
    client,
    actions.map(({ namespace = '', ...action }) => ({ ...action, namespace, subject })),
  );
  return {
    attempt: 'ask whether an administrator may',
    seen: `${answers.filter(Boolean).length} of ${actions.length}`,
    ok: answers.every(Boolean),
  };
}
