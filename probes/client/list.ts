import type { ApiClient } from './api-client';

/** Objects of one answer; the API server hands out the rest page by page. */
const PAGE = 250;

/** What asks for the metadata of objects in place of all of them. */
const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

/** The part of the API client that is needed. */
export type Api = Pick<ApiClient, 'send'>;

interface List {
  readonly items?: readonly unknown[];
  readonly metadata?: { readonly continue?: string };
}

/**
 * The objects of a collection, page by page.
 *
 * @param collection for example `/apis/apps/v1/deployments`
 * @param part all of each object, or its metadata alone: a page of big Secrets would be more than an answer may hold
 * @yields the objects of a page, or the HTTP status where the API server does not list them, and then nothing more
 */
export async function* pagesOf(
  api: Api,
  collection: string,
  part: 'all' | 'metadata' = 'all',
): AsyncGenerator<readonly unknown[] | number> {
  const headers = part === 'all' ? {} : { headers: { accept: METADATA } };
  for (let rest: string | undefined = ''; rest !== undefined;) {
    const query: string = rest === '' ? '' : `&continue=${encodeURIComponent(rest)}`;
    const answer = await api.send({ path: `${collection}?limit=${PAGE}${query}`, ...headers });
    const list = answer.status === 200 ? answer.json<List>() : undefined;
    if (list === undefined || !Array.isArray(list.items)) {
      yield answer.status;
      return;
    }
    yield list.items as readonly unknown[];
    const next = list.metadata?.continue;
    rest = next === undefined || next === '' ? undefined : next;
  }
}
