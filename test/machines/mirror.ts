import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { leaf } from '../../constructs/control-plane';
import { issueAuthority, issueLeaf } from '../../pki';
import type { MadeImage } from './image';

/** A mirror that runs. */
export interface Mirror {
  /** For example `https://10.1.2.1`. */
  readonly endpoint: string;
  /** The certificate of who signed its own, in PEM. */
  readonly authority: string;
  /** What was asked of it: method and path. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/**
 * The part of a registry that gives: manifests by digest or tag, and blobs, over TLS on port 443. It is a stand-in for the mirror of a
 * closed network, and for tests alone. It answers for every registry, whatever host the image names.
 */
export async function startMirror(
  address: string,
  images: readonly MadeImage[],
  made?: MirrorKeys,
): Promise<Mirror> {
  const { certificate, keys } = made ?? (await mirrorKeys(address));
  const requests: string[] = [];
  const server = createServer(
    { cert: keys.certificate, key: keys.key, minVersion: 'TLSv1.3' },
    (request, response) => {
      const path = new URL(request.url ?? '/', 'https://mirror').pathname;
      requests.push(`${request.method} ${path}`);
      answer(path, request.method === 'HEAD', images, response);
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(443, address, resolve);
  });
  return { endpoint: `https://${address}`, authority: certificate, requests, stop: () => close(server) };
}

function answer(path: string, isHead: boolean, images: readonly MadeImage[], response: ServerResponse): void {
  if (path === '/v2/' || path === '/v2') return void response.writeHead(200).end('{}');
  const [, name, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs)\/([\w.:-]+)$/.exec(path) ?? [];
  const image = images.find(
    (one) =>
      nameOf(one) === name && (kind === 'blobs' || reference === one.digest || reference === tagOf(one)),
  );
  const digest = kind === 'manifests' ? image?.digest : reference;
  const file =
    image === undefined || digest === undefined ? undefined : join(image.blobs, digest.replace(':', '-'));
  if (file === undefined || !existsSync(file)) return void response.writeHead(404).end();
  response.writeHead(200, {
    'content-type': kind === 'manifests' ? MANIFEST : 'application/octet-stream',
    'content-length': statSync(file).size,
    'docker-content-digest': digest!,
  });
  if (isHead) response.end();
  else createReadStream(file).pipe(response);
}

/** The name below its registry. */
function nameOf({ reference }: MadeImage): string {
  return reference.slice(reference.indexOf('/') + 1, reference.lastIndexOf(':'));
}

function tagOf({ reference }: MadeImage): string {
  return reference.slice(reference.lastIndexOf(':') + 1);
}

/** What a mirror shows who it is with. */
export interface MirrorKeys {
  readonly certificate: string;
  readonly keys: { readonly certificate: string; readonly key: string };
}

/** Keys of a mirror, with an authority of its own. */
export async function mirrorKeys(address: string): Promise<MirrorKeys> {
  const now = new Date();
  const authority = await issueAuthority(
    { name: 'mirror', commonName: 'mirror for tests', lifetimeDays: 30 },
    now,
  );
  const { certificate, privateKey } = await issueLeaf(
    leaf('server', 'mirror', 'mirror', ['server'], { names: [address] }),
    authority,
    now,
  );
  return { certificate: authority.certificate!, keys: { certificate: certificate!, key: privateKey } };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
