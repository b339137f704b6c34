import { homedir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_REGISTRY } from '../../model';
import { readDocument } from '../folder';
import { unreadable } from '../source';

/** Under which name `docker login` keeps the account of the default registry. */
const DEFAULT_KEY = 'index.docker.io';

const MAX_BYTES = 1024 * 1024;

/** What the Docker configuration has for a registry. */
export interface Account {
  /** `Basic …`, ready to be sent. @default - nobody is logged in */
  readonly authorization?: string;
  /** What is there and not used, for a message. @default - nothing */
  readonly note?: string;
}

/**
 * The account for a registry from the Docker configuration: `config.json` in `DOCKER_CONFIG` or in `.docker` of the home
 * folder. Credential helpers are programs, and are not run: what they hold is told as not used.
 *
 * @throws KeelsonError (`image/unreadable`) where the file is not valid; its content is never shown
 */
export async function accountFor(registry: string, env: NodeJS.ProcessEnv): Promise<Account> {
  const file = join(env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker'), 'config.json');
  const bytes = await readDocument(file, MAX_BYTES);
  if (bytes === undefined) return {};
  const config = parse(bytes, file);
  const key = registry === DEFAULT_REGISTRY ? DEFAULT_KEY : registry;
  const entry = Object.entries(record(config['auths'])).find(([name]) => hostOf(name) === key)?.[1];
  const authorization = authorizationOf(record(entry), file, registry);
  if (authorization !== undefined) return { authorization };
  const isHelped =
    'credsStore' in config || Object.keys(record(config['credHelpers'])).some((name) => hostOf(name) === key);
  return isHelped ? { note: `the credential helper that ${file} names is not run` } : {};
}

function parse(bytes: Buffer, file: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw unreadable(
      file,
      'The Docker configuration is no JSON.',
      'Correct it, or name another folder in DOCKER_CONFIG.',
    );
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The host of a key, which may be a whole address: `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/')[0]!;
}

function authorizationOf(
  { auth, username, password }: Readonly<Record<string, unknown>>,
  file: string,
  registry: string,
): string | undefined {
  if (typeof auth === 'string' && auth !== '') {
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(auth) && Buffer.from(auth, 'base64').includes(':'))
      return `Basic ${auth}`;
    throw unreadable(file, `The account for ${registry} is not valid.`, 'Log in again with `docker login`.');
  }
  if (typeof username !== 'string' || typeof password !== 'string') return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
