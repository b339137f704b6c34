import type { ApiClient } from './api-client';

/** Objects of one answer; the API server hands out the rest page by page. */
const PAGE = 250;

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
 * @yields the objects of a page, or the HTTP status where the API server does not list them, and then nothing more
 */
export async function* pagesOf(api: Api, collection: string): AsyncGenerator<readonly unknown[] | number> {
  for (let rest: string | undefined = ''; rest !== undefined;) {
    const query: string = rest === '' ? '' : `&continue=${encodeURIComponent(rest)}`;
    const answer = await api.send({ path: `${collection}?limit=${PAGE}${query}` });
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
