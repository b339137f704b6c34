import type { AccessObject } from '../../authorization';
import type { Manifest } from '../../constructs';
import type { Problem } from '../../model';
import { apiVersionOf, collectionOf, KINDS, POD_KINDS, type Kind } from '../../policies/kinds';
import { pagesOf, type Api } from './list';

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
  for (const kind of ACCESS_KINDS) objects.push(...(await listed(kind, api, server, problems, 'all')));
  const secrets = await listed(KINDS.secret, api, server, problems, 'metadata');
  const tokens = secrets.filter(({ manifest }) => manifest.metadata.annotations?.[ACCOUNT] !== undefined);
  for (const { manifest, source } of tokens)
    objects.push({ manifest: { ...manifest, type: 'kubernetes.io/service-account-token' }, source });
  return { objects, problems };
}

async function listed(
  kind: Kind,
  api: Api,
  server: string,
  problems: Problem[],
  part: 'all' | 'metadata',
): Promise<readonly AccessObject[]> {
  const source = `${server}${collectionOf(kind)}`;
  const objects: AccessObject[] = [];
  for await (const page of pagesOf(api, collectionOf(kind), part)) {
    if (typeof page !== 'number') {
      for (const item of page)
        objects.push({
          manifest: { ...(item as Manifest), apiVersion: apiVersionOf(kind), kind: kind.kind },
          source,
        });
    } else {
      problems.push({
        code: 'check/unreadable',
        where: source,
        message: `The API server does not list objects of kind ${kind.kind} (HTTP ${page}).`,
        fix: 'Use a kubeconfig that may list them in all namespaces.',
      });
    }
  }
  return objects;
}
