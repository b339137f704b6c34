import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { INDEX_TYPE, MANIFEST_TYPE, type TestImage } from '../../unit/support/images';
import type { ServerKeys } from '../../unit/support/registry';
import { buildGo } from '../go-build';

/** Milliseconds that the registry is given to start. */
const START_TIMEOUT = 20_000;

/** Who may use a registry. */
export interface RegistryAccount {
  readonly user: string;
  readonly password: string;
}

/** A registry that runs. */
export interface RunningRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** Puts an image there, under a tag. */
  push(image: TestImage, tag: string): Promise<void>;
  stop(): Promise<void>;
}

let program: string | undefined;

/** Builds the registry once. */
function build(): string {
  return (program ??= buildGo(__dirname, 'test-registry'));
}

/**
 * Starts a registry on a free port of loopback, with nothing in it: with TLS and an account, or without both.
 *
 * @param folder for its configuration
 */
export async function startRegistry(
  folder: string,
  secured?: { readonly keys: ServerKeys; readonly account: RegistryAccount },
): Promise<RunningRegistry> {
  const executable = build();
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const configuration = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { inmemory: {} },
    http: {
      addr: '127.0.0.1:0',
      secret: 'for a test',
      ...(secured === undefined
        ? {}
        : {
            tls: {
              certificate: file('registry.crt', secured.keys.serving.certificate!),
              key: file('registry.key', secured.keys.serving.privateKey),
            },
          }),
    },
    ...(secured === undefined
      ? {}
      : {
          auth: {
            htpasswd: { realm: 'test', path: file('accounts', accountLine(executable, secured.account)) },
          },
        }),
  };
  const child = spawn(executable, ['serve', file('registry.json', JSON.stringify(configuration))], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const host = `127.0.0.1:${await port(child)}`;
  const send = sender(host, secured);
  return {
    host,
    push: async ({ blobs, digest }, tag) => {
      const documents = [...blobs].filter(([name, bytes]) => name !== digest && isManifest(bytes));
      for (const [name, bytes] of blobs) if (!isManifest(bytes)) await pushBlob(send, name, bytes);
      for (const [name, bytes] of documents)
        await send('PUT', `/v2/app/manifests/${name}`, bytes, MANIFEST_TYPE);
      const root = blobs.get(digest)!;
      const type = root.includes('"manifests"') ? INDEX_TYPE : MANIFEST_TYPE;
      await send('PUT', `/v2/app/manifests/${tag}`, root, type);
    },
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

function accountLine(executable: string, { user, password }: RegistryAccount): string {
  const { stdout, status } = spawnSync(executable, ['hash'], { input: password, encoding: 'utf8' });
  if (status !== 0) throw new Error('the registry does not hash a password');
  return `${user}:${stdout}`;
}

/** The port on which a registry says that it listens. */
function port(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the registry did not start: ${output}`));
    }, START_TIMEOUT);
    const look = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /listening on 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout!.on('data', look);
    child.stderr!.on('data', look);
    child.once('exit', (code) => reject(new Error(`the registry ended with ${code}: ${output}`)));
  });
}

/** Sends a request, and gives back where the answer points. */
type Send = (method: string, path: string, body?: Buffer, type?: string) => Promise<string | undefined>;

function sender(
  host: string,
  secured?: { readonly keys: ServerKeys; readonly account: RegistryAccount },
): Send {
  return (method, path, body = Buffer.alloc(0), type = 'application/octet-stream') =>
    new Promise((resolve, reject) => {
      const url = new URL(path, `${secured === undefined ? 'http' : 'https'}://${host}`);
      const options = {
        method,
        agent: false as const,
        headers: { 'content-type': type, 'content-length': body.length },
        ...(secured === undefined
          ? {}
          : {
              ca: secured.keys.authority.certificate,
              auth: `${secured.account.user}:${secured.account.password}`,
            }),
      };
      const sent = (secured === undefined ? plainRequest : secureRequest)(url, options, (response) => {
        response.resume();
        response.on('end', () => {
          if (response.statusCode! < 300) resolve(response.headers.location);
          else reject(new Error(`${method} ${path}: status ${response.statusCode}`));
        });
      });
      sent.on('error', reject).end(body);
    });
}

async function pushBlob(send: Send, digest: string, bytes: Buffer): Promise<void> {
  const location = await send('POST', '/v2/app/blobs/uploads/');
  const url = new URL(location!, 'http://registry.invalid');
  url.searchParams.set('digest', digest);
  await send('PUT', `${url.pathname}${url.search}`, bytes);
}

function isManifest(bytes: Buffer): boolean {
  return bytes.includes('"schemaVersion"');
}
