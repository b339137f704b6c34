import { request as requestPlain, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';

/** Milliseconds that one answer may take, its content included: documents of images are small. */
const TIMEOUT = 30_000;

const MOST_REDIRECTS = 5;

/** A GET request. */
export interface Request {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The most bytes that the answer may have. */
  readonly limit: number;
  /** Certificates that are trusted, in PEM. @default - those of Node */
  readonly ca?: readonly string[];
  readonly signal?: AbortSignal;
}

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  /** Who sent it: another server than was asked, after a redirect. */
  readonly origin: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request that got no answer. The message names the host, never the path or query, which may hold a signature. */
export class RequestFailed extends Error {
  public override readonly name = 'RequestFailed';
}

/**
 * Sends a request and follows redirects. Credentials are sent to nobody but the server that was asked, and nothing that
 * began encrypted goes on without encryption.
 *
 * @throws RequestFailed
 */
export async function get(request: Request, redirects = 0): Promise<Answer> {
  const answer = await send(request);
  const { location } = answer.headers;
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
  const { url } = request;
  if (redirects >= MOST_REDIRECTS) throw new RequestFailed(`${url.host} redirects too often`);
  if (!URL.canParse(location, url.href))
    throw new RequestFailed(`${url.host} redirects to what is no address`);
  const target = new URL(location, url);
  const allowed = target.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(target));
  if (!allowed) throw new RequestFailed(`${url.host} redirects to ${target.host} without TLS`);
  return get({ ...request, url: target, headers: headersFor(target, request) }, redirects + 1);
}

/** Whether an address is one of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

function headersFor(target: URL, { url, headers }: Request): Readonly<Record<string, string>> {
  if (target.origin === url.origin) return headers;
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

async function send({ url, headers, limit, ca, signal }: Request): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { agent: false, headers, signal: either } as const;
      const sent =
        url.protocol === 'https:'
          ? requestSecure(url, { ...options, ...(ca === undefined ? {} : { ca: [...ca] }) })
          : requestPlain(url, options);
      sent.on('response', resolve).on('error', reject).end();
    });
    return {
      status: response.statusCode ?? 0,
      origin: url.origin,
      headers: response.headers,
      body: await bodyOf(response, limit),
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RequestFailed) throw new RequestFailed(`${url.host} ${error.message}`);
    const reason = timeout.aborted
      ? `does not answer within ${TIMEOUT / 1000} s`
      : `cannot be asked (${(error as NodeJS.ErrnoException).code ?? 'no answer'})`;
    throw new RequestFailed(`${url.host} ${reason}`, { cause: error });
  }
}

async function bodyOf(response: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new RequestFailed(`answers with more than ${limit / 2 ** 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
