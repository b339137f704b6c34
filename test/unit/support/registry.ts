import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { issueAuthority, issueLeaf, type KeyPair } from '../../../pki';
import { INDEX_TYPE, MANIFEST_TYPE, type TestImage } from './images';

/** Keys of a server on 127.0.0.1, and who signed for it. */
export interface ServerKeys {
  readonly authority: KeyPair;
  readonly serving: KeyPair;
}

/** New keys, good for a day. */
export async function serverKeys(): Promise<ServerKeys> {
  const now = new Date();
  const authority = await issueAuthority({ name: 'ca', commonName: 'ca', lifetimeDays: 1 }, now);
  const leaf = {
    name: 'registry',
    authority: 'ca',
    commonName: 'registry',
    organizations: [],
    uses: ['server'],
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
    lifetimeDays: 1,
  } as const;
  return { authority, serving: await issueLeaf(leaf, authority, now) };
}

/** A request, as it came. */
export interface Asked {
  readonly url: string;
  readonly authorization?: string;
}

/** What a server answers; the default is the image. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of a test, on a free port of loopback. */
export interface TestServer {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly asked: Asked[];
  /** What it does; may be changed between requests. */
  handler: Handler;
}

const running: Server[] = [];

/** Starts a server that ends with the test file; without keys it speaks plain HTTP. */
export async function startServer(handler: Handler, keys?: ServerKeys): Promise<TestServer> {
  const listener: RequestListener = (request, response) => {
    const { authorization } = request.headers;
    started.asked.push({ url: request.url!, ...(authorization === undefined ? {} : { authorization }) });
    started.handler(request, response);
  };
  const server =
    keys === undefined
      ? createPlain(listener)
      : createSecure({ key: keys.serving.privateKey, cert: keys.serving.certificate }, listener);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const started: TestServer = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    handler,
  };
  return started;
}

afterAll(async () => {
  for (const server of running.splice(0)) {
    (server as ReturnType<typeof createPlain>).closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Answers as a registry does that has one image, as `app:1`. */
export function serveImage({ digest, blobs }: TestImage): Handler {
  return (request, response) => {
    const [, kind, name] = /^\/v2\/app\/(manifests|blobs)\/(.+)$/.exec(request.url!) ?? [];
    const wanted = kind === 'manifests' && name === '1' ? digest : name;
    const bytes = wanted === undefined ? undefined : blobs.get(wanted);
    if (bytes === undefined) return void response.writeHead(404).end('{"errors":[]}');
    const type = bytes.includes('"manifests"') ? INDEX_TYPE : MANIFEST_TYPE;
    response.writeHead(200, {
      'content-type': kind === 'manifests' ? type : 'application/octet-stream',
      ...(kind === 'manifests' ? { 'docker-content-digest': wanted } : {}),
    });
    response.end(bytes);
  };
}
