import type { Api } from './list';
import { pagesOf } from './list';

/** Requests at once: far below what the API server lets one client have in flight. */
const AT_ONCE = 8;

/** How often one object is tried again that somebody else changes at the same time. */
const ATTEMPTS = 10;

interface Stored {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * Writes every object of a collection again as it is, which makes the API server store it under the key that writes now. What is
 * gone meanwhile is left, and what somebody else changes is under that key by their write.
 *
 * @param collection of all namespaces, for example `/api/v1/secrets`
 * @returns how many objects there were
 * @throws Error where the API server refuses
 */
export async function rewriteAll(api: Api, collection: string, signal?: AbortSignal): Promise<number> {
  let count = 0;
  for await (const page of pagesOf(api, collection, 'metadata')) {
    if (typeof page === 'number') throw new Error(`listing ${collection} was answered ${page}`);
    const waiting = [...page] as Stored[];
    const worker = async (): Promise<void> => {
      for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
        signal?.throwIfAborted();
        await rewrite(api, collection, object);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    count += page.length;
  }
  return count;
}

async function rewrite(api: Api, collection: string, listed: Stored): Promise<void> {
  const { name, namespace } = listed.metadata;
  const [, base, resource] = /^(.*)\/([^/]+)$/.exec(collection)!;
  const below = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const path = `${base}${below}/${resource}/${encodeURIComponent(name)}`;
  for (let attempt = 1; ; attempt += 1) {
    const read = await api.send({ path });
    if (read.status === 404) return;
    const answer = read.status === 200 ? await api.send({ method: 'PUT', path, body: read.json() }) : read;
    if (answer.status === 200 || answer.status === 404) return;
    if (answer.status !== 409 || attempt === ATTEMPTS)
      throw new Error(`writing ${path} again was answered ${answer.status}`);
  }
}
