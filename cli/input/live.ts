import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Manifest } from '../../constructs';
import { KeelsonError } from '../../model';
import type { CheckedObject } from '../../policies/enforce/check';
import { collectionOf, type Kind } from '../../policies/kinds';
import { ApiClient } from '../../probes/client/api-client';
import { readKubeconfig } from '../../probes/client/kubeconfig';
import { pagesOf, type Api } from '../../probes/client/list';
import { objectsOf } from './objects';
import type { Reader } from './reader';

/** Where `up` leaves the kubeconfig of the embedded control plane. */
const EMBEDDED = join('.keelson', 'control-plane', 'kubeconfig', 'admin.conf');

/**
 * Reads every object of the judged kinds from a cluster.
 *
 * @param given the kubeconfig that was asked for. Otherwise `KUBECONFIG` counts, then the embedded control plane
 * @param reader counts the objects, and is told what could not be read
 * @throws KeelsonError (`kubeconfig/invalid`, `cluster/unreachable`)
 */
export async function readLive(
  kinds: readonly Kind[],
  given: string | undefined,
  env: NodeJS.ProcessEnv,
  reader: Reader,
): Promise<readonly CheckedObject[]> {
  return inCluster(given, env, (client, server) => readKinds(kinds, client, server, reader));
}

/**
 * Does something in the cluster of a kubeconfig.
 *
 * @param given the kubeconfig that was asked for. Otherwise `KUBECONFIG` counts, then the embedded control plane
 * @param work is given a client and what places in problems start with, for example `https://127.0.0.1:6443`
 * @throws KeelsonError (`kubeconfig/invalid`, `cluster/unreachable`)
 */
export async function inCluster<T>(
  given: string | undefined,
  env: NodeJS.ProcessEnv,
  work: (client: ApiClient, server: string) => Promise<T>,
): Promise<T> {
  const access = readKubeconfig(kubeconfigPath(given, env));
  const client = new ApiClient(access);
  try {
    return await work(client, access.server.replace(/\/$/, ''));
  } finally {
    client.close();
  }
}

/** The kubeconfig that counts. `KUBECONFIG` may name several; the first that is there is taken. */
export function kubeconfigPath(given: string | undefined, env: NodeJS.ProcessEnv): string {
  if (given !== undefined) return given;
  const named = (env['KUBECONFIG'] ?? '').split(':').filter((path) => path !== '');
  if (named.length > 0) return named.find((path) => existsSync(path)) ?? named[0]!;
  const embedded = resolve(process.cwd(), EMBEDDED);
  if (existsSync(embedded)) return embedded;
  throw new KeelsonError({
    code: 'kubeconfig/invalid',
    where: '--live',
    message: 'It is not said which cluster is meant.',
    fix: 'Name its kubeconfig with --kubeconfig or KUBECONFIG, or start the embedded one with `npm run up`.',
  });
}

/** Reads kinds one after the other; one that cannot be listed is a problem and does not keep the others from being read. */
export async function readKinds(
  kinds: readonly Kind[],
  api: Api,
  server: string,
  reader: Reader,
): Promise<readonly CheckedObject[]> {
  const objects: CheckedObject[] = [];
  const unique = new Map(kinds.map((kind) => [collectionOf(kind), kind]));
  for (const [collection, kind] of unique) {
    for await (const page of pagesOf(api, collection)) {
      if (typeof page === 'number') reader.problems.push(notListed(`${server}${collection}`, kind, page));
      else objects.push(...take(page, kind, `${server}${collection}`, reader));
    }
  }
  return objects;
}

function take(items: readonly unknown[], kind: Kind, source: string, reader: Reader): CheckedObject[] {
  const objects: CheckedObject[] = [];
  const apiVersion = kind.apiGroup === '' ? kind.apiVersion : `${kind.apiGroup}/${kind.apiVersion}`;
  for (const item of items) {
    for (const found of objectsOf({ apiVersion, kind: kind.kind, ...(item as object) })) {
      if (!('manifest' in found)) continue;
      if (madeByKubernetes(found.manifest)) {
        const what = `${apiVersion}/${kind.kind} of Kubernetes itself`;
        reader.notJudged.set(what, (reader.notJudged.get(what) ?? 0) + 1);
      } else if (reader.counts(found.manifest)) {
        objects.push({ manifest: withoutSecrets(found.manifest), source });
      }
    }
  }
  return objects;
}

/** Who alone writes the built-in roles and bindings, as the fields that they own say. */
const BUILT_IN_WRITERS = ['kube-apiserver', 'clusterrole-aggregation-controller'];

/** A role or binding in which nobody but Kubernetes itself ever wrote: the policies do not judge it either. */
function madeByKubernetes({ apiVersion, metadata }: Manifest): boolean {
  const { managedFields = [] } = metadata as { managedFields?: readonly { readonly manager?: string }[] };
  return (
    apiVersion.startsWith('rbac.authorization.k8s.io/') &&
    managedFields.length > 0 &&
    managedFields.every(({ manager = '' }) => BUILT_IN_WRITERS.includes(manager))
  );
}

/** A Secret with its keys only: what is not held cannot be shown. */
function withoutSecrets(manifest: Manifest): Manifest {
  if (manifest.kind !== 'Secret' || manifest.apiVersion !== 'v1') return manifest;
  const emptied = (values: unknown): unknown =>
    values !== null && typeof values === 'object'
      ? Object.fromEntries(Object.keys(values).map((key) => [key, '']))
      : values;
  const annotations = { ...(manifest.metadata as { annotations?: Record<string, string> }).annotations };
  delete annotations['kubectl.kubernetes.io/last-applied-configuration'];
  const { data, stringData } = manifest as { data?: unknown; stringData?: unknown };
  return {
    ...manifest,
    metadata: { ...manifest.metadata, annotations },
    ...(data === undefined ? {} : { data: emptied(data) }),
    ...(stringData === undefined ? {} : { stringData: emptied(stringData) }),
  };
}

function notListed(where: string, kind: Kind, status: number) {
  return {
    code: 'check/unreadable',
    where,
    message: `The API server does not list objects of kind ${kind.kind} (HTTP ${status}).`,
    fix: 'Use a kubeconfig that may list them in all namespaces.',
  } as const;
}
