import type { Manifest } from '../../constructs';
import type { Problem } from '../../model';
import { apiVersionOf, collectionOf, type Kind } from '../../policies/kinds';
import { pagesOf, type Api } from './list';

/** An object of a cluster. */
export interface ListedObject {
  readonly manifest: Manifest;
  /** The address of its collection. */
  readonly source: string;
}

/** How a kind is listed. */
export interface ListingOptions {
  /** What places start with, for example `https://127.0.0.1:6443`. */
  readonly server: string;
  /** Is told that the API server does not list it. */
  readonly problems: Problem[];
  /**
   * The status by which a cluster says that it does not have the kind, which is no problem.
   *
   * @default - every cluster has it
   */
  readonly absent?: number;
  /**
   * All of each object, or its metadata alone.
   *
   * @default 'all'
   */
  readonly part?: 'all' | 'metadata';
}

/** All objects of a kind, page by page; one that cannot be listed is a problem. */
export async function listedObjects(
  kind: Kind,
  api: Api,
  { server, problems, absent, part }: ListingOptions,
): Promise<readonly ListedObject[]> {
  const collection = collectionOf(kind);
  const source = `${server}${collection}`;
  const type = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  const objects: ListedObject[] = [];
  for await (const page of pagesOf(api, collection, part)) {
    if (typeof page !== 'number') {
      for (const item of page) objects.push({ manifest: { ...type, ...(item as Manifest) }, source });
    } else if (page !== absent) {
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
