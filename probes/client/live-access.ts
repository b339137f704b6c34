import type { AccessObject } from '../../authorization';
import type { Problem } from '../../model';
import { KINDS, POD_KINDS, type Kind } from '../../policies/kinds';
import type { Api } from './list';
import { listedObjects } from './listed-objects';

/** What access is made of. */
const ACCESS_KINDS: readonly Kind[] = [
  KINDS.role,
  KINDS.clusterRole,
  KINDS.roleBinding,
  KINDS.clusterRoleBinding,
  KINDS.namespace,
  KINDS.serviceAccount,
  ...POD_KINDS.filter(({ kind }) => kind === 'Pod'),
];

/** The annotation that only the Secret of a token has. */
const ACCOUNT = 'kubernetes.io/service-account.name';

/** What asks for the metadata alone is answered with another kind. */
const SECRET = { apiVersion: 'v1', kind: 'Secret' };

/** What is read from a cluster. */
export interface LiveAccess {
  readonly objects: readonly AccessObject[];
  readonly problems: readonly Problem[];
}

/**
 * Reads everything of a cluster that decides over access, page by page. Of Secrets the metadata is read, and never a value.
 *
 * @param server what places in problems start with, for example `https://127.0.0.1:6443`
 */
export async function readLiveAccess(api: Api, server: string): Promise<LiveAccess> {
  const problems: Problem[] = [];
  const objects: AccessObject[] = [];
  for (const kind of ACCESS_KINDS) objects.push(...(await listedObjects(kind, api, { server, problems })));
  const secrets = await listedObjects(KINDS.secret, api, { server, problems, part: 'metadata' });
  const tokens = secrets.filter(({ manifest }) => manifest.metadata.annotations?.[ACCOUNT] !== undefined);
  for (const { manifest, source } of tokens)
    objects.push({
      manifest: { ...manifest, ...SECRET, type: 'kubernetes.io/service-account-token' },
      source,
    });
  return { objects, problems };
}
