import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../probes/client/api-client';

/** Objects of one answer of a list. */
const PAGE = 250;

/** The part of the API client that is needed. */
export type WatchApi = Pick<ApiClient, 'send' | 'lines'>;

/** What is watched, and how patiently. */
export interface WatchOptions {
  readonly api: WatchApi;
  /** For example `/apis/certificates.k8s.io/v1/certificatesigningrequests`. */
  readonly collection: string;
  /** Which of its objects, for example `spec.signerName=kubernetes.io/kubelet-serving`. */
  readonly fieldSelector: string;
  /** After how many seconds a watch is opened anew, where the last one ended. */
  readonly seconds: number;
  /** Bounds of the time to wait after a failure, in ms: it doubles from the first to the second. */
  readonly backoff: readonly [number, number];
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Is told each failure; it goes on after that. */
  readonly onFailure: (message: string) => void;
}

interface Page {
  readonly items?: readonly unknown[];
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
}

interface WatchEvent {
  readonly type: string;
  readonly object?: { readonly metadata?: { readonly resourceVersion?: string } };
}

/**
 * The objects of a collection: all that are there, then each that is added or changed. It ends with the signal alone. Where a
 * watch ends, the next goes on from there; where one fails, all is listed anew.
 *
 * @yields an object, or `undefined` each time that a watch has ended and what was put off may be looked at again
 */
export async function* watchObjects(options: WatchOptions): AsyncGenerator<unknown> {
  const { signal, onFailure } = options;
  const [shortest, longest] = options.backoff;
  let version: string | undefined;
  let wait = shortest;
  while (!signal.aborted) {
    try {
      version ??= yield* listed(options);
      version = yield* watched(options, version);
      wait = shortest;
      yield undefined;
    } catch (error) {
      if (signal.aborted) return;
      onFailure(error instanceof Error ? error.message : String(error));
      // Where it broke is not known for sure: nothing may be missed.
      version = undefined;
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      wait = Math.min(wait * 2, longest);
    }
  }
}

/** Every object that is there; returns the version from which to watch. */
async function* listed({ api, collection, fieldSelector }: WatchOptions): AsyncGenerator<unknown, string> {
  for (let rest = ''; ;) {
    const query = new URLSearchParams({ fieldSelector, limit: String(PAGE) });
    if (rest !== '') query.set('continue', rest);
    const answer = await api.send({ path: `${collection}?${query.toString()}` });
    const page = answer.json<Page>();
    if (answer.status !== 200 || !Array.isArray(page?.items))
      throw new Error(`The list was answered with ${answer.status}.`);
    yield* page.items as readonly unknown[];
    rest = page.metadata?.continue ?? '';
    if (rest === '') return page.metadata?.resourceVersion ?? '';
  }
}

/** Each object that changes, until the time of the watch is over; returns the version from which to go on. */
async function* watched(
  { api, collection, fieldSelector, seconds, signal }: WatchOptions,
  from: string,
): AsyncGenerator<unknown, string> {
  const query = new URLSearchParams({
    ...{ fieldSelector, watch: 'true', allowWatchBookmarks: 'true' },
    ...{ resourceVersion: from, timeoutSeconds: String(seconds) },
  });
  // A connection that is dead without a word ends as well.
  const end = AbortSignal.any([signal, AbortSignal.timeout((seconds + 15) * 1000)]);
  let version = from;
  for await (const line of api.lines(`${collection}?${query.toString()}`, end)) {
    if (typeof line === 'number') throw new Error(`The watch was answered with ${line}.`);
    const { type, object } = JSON.parse(line) as WatchEvent;
    if (type === 'ERROR')
      throw new Error('The watch ended with an error: the version is too old, as a rule.');
    version = object?.metadata?.resourceVersion ?? version;
    if (type === 'ADDED' || type === 'MODIFIED') yield object;
  }
  return version;
}
