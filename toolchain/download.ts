import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getSecure } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReleaseFile } from './pins';

/** Milliseconds that a release server is given. */
export interface DownloadLimits {
  /** To look up the name and connect. @default 3000 */
  readonly connect: number;
  /** To begin its answer, from the start of the request. @default 6000 */
  readonly answer: number;
  /** Between two pieces of the answer. @default 15000 */
  readonly stall: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = { connect: 3_000, answer: 6_000, stall: 15_000 };

const MAX_BYTES = 2 ** 30;
const MAX_REDIRECTS = 5;

/** The file could not be fetched; something else may be tried. */
export class DownloadFailed extends Error {
  public override readonly name = 'DownloadFailed';

  /** True where the server could not be reached or stayed silent, so that asking it again is lost time. */
  public readonly serverDead: boolean;

  public constructor(
    message: string,
    options: { readonly cause?: unknown; readonly serverDead?: boolean } = {},
  ) {
    super(message, options);
    this.serverDead = options.serverDead ?? false;
  }
}

/** What was fetched is not what is pinned: nobody should go on as if nothing had happened. */
export class WrongDigest extends Error {
  public override readonly name = 'WrongDigest';
}

/**
 * Fetches a pinned file. It is hashed on its way, and a wrong digest is told before anybody opens the file.
 *
 * @throws DownloadFailed where the server is out of reach, silent, slow, or has no such file.
 * @throws WrongDigest where the file is not the pinned one.
 */
export async function download(
  file: ReleaseFile,
  target: string,
  options: {
    readonly limits: DownloadLimits;
    readonly signal?: AbortSignal;
    /** Called with the bytes so far, and the size where the server tells it. */
    readonly onBytes: (bytes: number, size: number | undefined) => void;
  },
): Promise<void> {
  const response = await request(new URL(file.url), options.limits, options.signal);
  const hash = createHash(file.algorithm);
  const size = Number(response.headers['content-length']) || undefined;
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      options.onBytes(bytes, size);
      done(bytes > MAX_BYTES ? new DownloadFailed('the file is larger than 1 GiB') : null, chunk);
    },
  });
  response.setTimeout(options.limits.stall, () =>
    response.destroy(new DownloadFailed(`no more data came for ${options.limits.stall / 1000} s`)),
  );
  try {
    await pipeline(response, meter, createWriteStream(target, { mode: 0o600 }), { signal: options.signal });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error instanceof DownloadFailed ? error : new DownloadFailed(messageOf(error), { cause: error });
  }
  const digest = hash.digest('hex');
  if (digest !== file.digest)
    throw new WrongDigest(`its ${file.algorithm} is ${digest}, pinned is ${file.digest}`);
}

/** Sends the request and follows redirects, as long as they stay encrypted. */
async function request(
  url: URL,
  limits: DownloadLimits,
  signal: AbortSignal | undefined,
  from: URL = url,
  redirects = 0,
): Promise<IncomingMessage> {
  // Plain HTTP is for tests: on loopback, from the start.
  const loopback = url.hostname === '127.0.0.1' && from.protocol === 'http:';
  if (url.protocol !== 'https:' && !loopback)
    throw new DownloadFailed(`${url.host} is not asked without TLS`);
  const response = await answer(url, limits, signal);
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && response.headers.location !== undefined) {
    response.destroy();
    if (redirects >= MAX_REDIRECTS) throw new DownloadFailed(`${url.host} redirects too often`);
    return request(new URL(response.headers.location, url), limits, signal, url, redirects + 1);
  }
  if (status !== 200) {
    response.destroy();
    throw new DownloadFailed(`${url.host} answers with status ${status}`);
  }
  return response;
}

function answer(url: URL, limits: DownloadLimits, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getSecure : getPlain;
    const request = get(url, { agent: false, signal });
    const giveUp = (after: number, what: string) =>
      setTimeout(() => {
        const message = `${url.host} ${what} within ${after / 1000} s`;
        request.destroy(new DownloadFailed(message, { serverDead: true }));
      }, after);
    const connecting = giveUp(limits.connect, 'cannot be reached');
    const answering = giveUp(limits.answer, 'does not answer');
    request.on('socket', (socket) => socket.once('connect', () => clearTimeout(connecting)));
    const settle = () => {
      clearTimeout(connecting);
      clearTimeout(answering);
    };
    request.on('response', (response) => {
      settle();
      resolve(response);
    });
    request.on('error', (error) => {
      settle();
      if (signal?.aborted) return reject(signal.reason);
      reject(
        error instanceof DownloadFailed
          ? error
          : new DownloadFailed(messageOf(error), { cause: error, serverDead: true }),
      );
    });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
