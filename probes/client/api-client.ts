import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { KeelsonError } from '../../model';
import type { ClusterAccess } from './kubeconfig';

/** What the API server answered. */
export interface ApiResponse {
  readonly status: number;
  /** The body as text; at most 16 MiB. */
  readonly body: string;
  /** What the API server warns of; each as it stands in a `Warning` header. */
  readonly warnings: readonly string[];
  /** The body as JSON, or undefined where it is none. */
  json<T>(): T | undefined;
}

/** A request to the API server. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with query, for example `/api/v1/namespaces?limit=1`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /**
   * Media type of the body.
   *
   * @default application/json
   */
  readonly contentType?: string;
  /**
   * Headers besides, in small letters.
   *
   * @default - none
   */
  readonly headers?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 15_000;
const MAX_BODY = 16 * 1024 * 1024;

/** What may be asked twice: it does no more than once. */
const REPEATABLE: readonly string[] = ['GET', 'PUT', 'DELETE'];

/** How a connection ends that the other side has closed: while an answer is waited for, or while the request is written. */
const BROKEN: readonly string[] = ['ECONNRESET', 'EPIPE'];

/** How many kept connections may turn out to be closed before one request. */
const MAX_STALE = 32;

/** A connection that was kept, and that the server closed just as it was used again: nobody has read the request. */
class StaleConnection extends Error {
  public constructor(public override readonly cause: Error) {
    super(cause.message);
  }
}

/** A small client of the Kubernetes API: what probes need, with nothing between them and the wire. */
export class ApiClient {
  private readonly agent: Agent;

  public constructor(private readonly access: ClusterAccess) {
    this.agent = new Agent({
      ca: access.ca,
      cert: access.clientCertificate,
      key: access.clientKey,
      keepAlive: true,
    });
  }

  /** The same API server without any credentials. */
  public anonymous(): ApiClient {
    return new ApiClient({ server: this.access.server, ca: this.access.ca });
  }

  /** Closes the connections that are kept for the next request. */
  public close(): void {
    this.agent.destroy();
  }

  /**
   * Sends one request.
   *
   * @returns the answer, whatever its status
   * @throws KeelsonError (`cluster/unreachable`) where there is no answer within 15 s
   */
  public async send(call: ApiRequest): Promise<ApiResponse> {
    for (let stale = 0; ; stale += 1) {
      try {
        return await this.once(call);
      } catch (error) {
        const isStale = error instanceof StaleConnection;
        // Each time one kept connection less: at last it is a new one, whose end is an answer.
        if (isStale && stale < MAX_STALE && REPEATABLE.includes(call.method ?? 'GET')) continue;
        throw this.unreachable(isStale ? error.cause : error);
      }
    }
  }

  private async once(call: ApiRequest): Promise<ApiResponse> {
    const url = new URL(this.access.server.replace(/\/$/, '') + call.path);
    const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
    return new Promise((done, fail) => {
      const outgoing = request(
        url,
        {
          agent: this.agent,
          method: call.method ?? 'GET',
          signal: AbortSignal.timeout(TIMEOUT_MS),
          headers: {
            accept: 'application/json',
            ...(this.access.token === undefined ? {} : { authorization: `Bearer ${this.access.token}` }),
            ...(payload === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
            ...call.headers,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let size = 0;
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_BODY) incoming.destroy(new Error('the answer is larger than 16 MiB'));
            else chunks.push(chunk);
          });
          incoming.on('error', fail);
          incoming.on('end', () =>
            done(
              toResponse(
                incoming.statusCode ?? 0,
                Buffer.concat(chunks).toString(),
                incoming.headersDistinct.warning ?? [],
              ),
            ),
          );
        },
      );
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        fail(outgoing.reusedSocket && BROKEN.includes(error.code ?? '') ? new StaleConnection(error) : error),
      );
      outgoing.end(payload);
    });
  }

  /**
   * Sends one GET whose answer comes line by line, such as a watch.
   *
   * @param path path with query
   * @param signal ends it: who reads the lines then gets an error
   * @yields each line, or the status alone where it is not 200
   * @throws KeelsonError (`cluster/unreachable`) where there is no answer, or the connection breaks
   */
  public async *lines(path: string, signal: AbortSignal): AsyncGenerator<string | number> {
    const url = new URL(this.access.server.replace(/\/$/, '') + path);
    const authorization =
      this.access.token === undefined ? {} : { authorization: `Bearer ${this.access.token}` };
    try {
      const incoming = await new Promise<IncomingMessage>((done, fail) => {
        const headers = { accept: 'application/json', ...authorization };
        request(url, { agent: this.agent, signal, headers }, done).on('error', fail).end();
      });
      if (incoming.statusCode === 200) yield* linesOf(incoming);
      else {
        incoming.resume();
        yield incoming.statusCode ?? 0;
      }
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private unreachable(error: unknown): KeelsonError {
    return new KeelsonError(
      {
        code: 'cluster/unreachable',
        where: this.access.server,
        message: `The API server does not answer (${reasonOf(error)}).`,
        fix: 'Check that the cluster runs and that the kubeconfig names its address and CA.',
      },
      { cause: error },
    );
  }
}

/** One line of a watch, for example, is at most this long, in characters. */
const MAX_LINE = 4 * 1024 * 1024;

async function* linesOf(incoming: IncomingMessage): AsyncGenerator<string> {
  incoming.setEncoding('utf8');
  let rest = '';
  for await (const part of incoming as AsyncIterable<string>) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new Error('a line of the answer is larger than 4 Mi characters');
    yield* lines.filter((line) => line !== '');
  }
}

function reasonOf(error: unknown): string {
  const { code, message, name } = error as NodeJS.ErrnoException;
  return name === 'TimeoutError' || code === 'ABORT_ERR'
    ? `no answer in ${TIMEOUT_MS / 1000} s`
    : (code ?? message);
}

function toResponse(status: number, body: string, warnings: readonly string[]): ApiResponse {
  return {
    status,
    body,
    warnings,
    json: <T>() => {
      try {
        return JSON.parse(body) as T;
      } catch {
        return undefined;
      }
    },
  };
}
