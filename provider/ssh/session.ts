import { readFileSync } from 'node:fs';
import { Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { KeelsonError, oneLine } from '../../model';
import { nameOf, type Connection } from '../connection';
import { quoted } from './quote';

/** What a command is given. */
export interface RunOptions {
  /**
   * What it reads. Secrets go this way, and no other: the command line of a process is shown to all others.
   * @default - nothing
   */
  readonly input?: string | Buffer | NodeJS.ReadableStream;
  /**
   * After how many milliseconds it counts as hanging.
   * @default 60000
   */
  readonly timeoutMs?: number;
  /**
   * Called with each line that it prints.
   * @default - nobody listens
   */
  readonly onLine?: (line: string) => void;
}

/** What a command did. */
export interface RunResult {
  /** Its exit code; 255 where a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** At most that much of what a command prints is kept. */
const MAX_OUTPUT = 4 * 1024 * 1024;

/** How often, and after which pause, a command is offered to a server that has no room for it. */
const CHANNEL_TRIES = 50;
const CHANNEL_PAUSE_MS = 200;

/** How long a machine has to answer. */
const CONNECT_MS = 15_000;

/** What every script starts with: a path that does not depend on the user, texts in one language, files for nobody else. */
const PREAMBLE =
  'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C; umask 077; set -u';

/** One connection to a machine. Scripts run as root. */
export class Session {
  readonly #client: Client;
  readonly #connection: Connection;
  #lost: Error | undefined;

  private constructor(client: Client, connection: Connection) {
    this.#client = client;
    this.#connection = connection;
    client.on('close', () => (this.#lost ??= new Error('the connection was closed')));
    client.on('error', (error) => (this.#lost ??= error));
  }

  /**
   * Connects.
   * @throws KeelsonError `node/unreachable`, `node/host-key` or `node/login`, with what to do
   */
  public static async open(connection: Connection): Promise<Session> {
    const client = new Client();
    let shown: string | undefined;
    const config: ConnectConfig = {
      host: connection.host,
      port: connection.port ?? 22,
      username: connection.user ?? 'root',
      readyTimeout: CONNECT_MS,
      keepaliveInterval: 5_000,
      keepaliveCountMax: 4,
      // The type that the key is of: with another one the machine would show another of its keys.
      algorithms: {
        serverHostKey: hostKeyAlgorithms(connection.hostKey),
        cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'],
      },
      hostVerifier: (key: Buffer) => {
        shown = key.toString('base64');
        return shown === connection.hostKey.split(' ')[1];
      },
      ...credentials(connection),
    };
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', (error) => reject(connectError(connection, error, shown)));
      client.once('close', () =>
        reject(connectError(connection, new Error('the connection was closed'), shown)),
      );
      try {
        client.connect(config);
      } catch (error) {
        reject(connectError(connection, error as Error, shown));
      }
    });
    return new Session(client, connection);
  }

  /** Whether it can be used. */
  public get isOpen(): boolean {
    return this.#lost === undefined;
  }

  /** Runs a script of the POSIX shell as root; it may not hold a secret. */
  public async run(script: string, options: RunOptions = {}): Promise<RunResult> {
    const shell = `/bin/sh -c ${quoted(`${PREAMBLE}\n${script}`)}`;
    const { user = 'root' } = this.#connection;
    return this.#exec(user === 'root' ? shell : `sudo -n -- ${shell}`, options);
  }

  public close(): void {
    this.#lost ??= new Error('the connection was closed');
    this.#client.end();
    this.#client.destroy();
  }

  #exec(command: string, options: RunOptions, tries = CHANNEL_TRIES): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) return reject(lost(this.#connection, this.#lost));
      this.#client.exec(command, (error, channel) => {
        // The command did not start. The server counts a channel until it has buried its process: there is room again soon.
        if (error !== undefined && tries > 1 && this.isOpen && /channel open failure/i.test(error.message))
          return void setTimeout(
            () => this.#exec(command, options, tries - 1).then(resolve, reject),
            CHANNEL_PAUSE_MS,
          );
        if (error !== undefined) return reject(lost(this.#connection, error));
        // Here and now: what a short command prints may be in the same packet.
        this.#follow(channel, options).then(resolve, reject);
      });
    });
  }

  /** Gives a command its input, and gathers what it does. */
  #follow(channel: ClientChannel, { input, timeoutMs = 60_000, onLine }: RunOptions): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      let stdout = '';
      let stderr = '';
      let status: number | undefined;
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.#client.off('close', onClose);
        settle();
      };
      const onClose = (): void => end(() => reject(lost(this.#connection, this.#lost)));
      const timer = setTimeout(() => {
        channel.close();
        end(() => reject(timedOut(this.#connection, timeoutMs)));
      }, timeoutMs);
      this.#client.once('close', onClose);
      const lines = lineReader(onLine);
      channel.on('data', (data: Buffer) => {
        lines(data);
        if (stdout.length < MAX_OUTPUT) stdout += data.toString('utf8');
      });
      channel.stderr.on('data', (data: Buffer) => {
        lines(data);
        if (stderr.length < MAX_OUTPUT) stderr += data.toString('utf8');
      });
      channel.on('exit', (code: number | null) => (status = code ?? 255));
      channel.on('close', () =>
        status === undefined ? onClose() : end(() => resolve({ status: status!, stdout, stderr })),
      );
      // A command that ends before it has read everything is told by its exit code.
      channel.on('error', () => undefined);
      if (input === undefined) channel.end();
      else if (typeof input === 'string' || Buffer.isBuffer(input)) channel.end(input);
      else input.pipe(channel);
    });
  }
}

function lineReader(onLine?: (line: string) => void): (data: Buffer) => void {
  let rest = '';
  return (data) => {
    if (onLine === undefined) return;
    const lines = (rest + data.toString('utf8')).split('\n');
    rest = lines.pop()!.slice(-1000);
    for (const line of lines) if (line.trim() !== '') onLine(line.trim());
  };
}

function hostKeyAlgorithms(hostKey: string) {
  const type = hostKey.split(' ')[0]!;
  const algorithms = type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type];
  return algorithms as NonNullable<ConnectConfig['algorithms']>['serverHostKey'];
}

function credentials(connection: Connection): ConnectConfig {
  const { identityFile } = connection;
  if (identityFile === undefined) {
    const agent = process.env.SSH_AUTH_SOCK;
    if (agent !== undefined) return { agent };
    throw refused(
      connection,
      'node/login',
      'There is no key: no identityFile is given, and no agent runs.',
      'Give identityFile, or start ssh-agent.',
    );
  }
  try {
    return { privateKey: readFileSync(identityFile) };
  } catch (error) {
    throw refused(
      connection,
      'node/login',
      `The key ${identityFile} cannot be read: ${(error as Error).message}.`,
      'Give the path of a private key that you may read.',
    );
  }
}

function refused(
  connection: Connection,
  code: 'node/login' | 'node/host-key' | 'node/unreachable',
  message: string,
  fix: string,
): KeelsonError {
  return new KeelsonError([{ code, where: nameOf(connection), message, fix }]);
}

function connectError(
  connection: Connection,
  error: Error & { level?: string },
  shown?: string,
): KeelsonError {
  if (error instanceof KeelsonError) return error;
  const [type, expected] = connection.hostKey.split(' ');
  if (shown !== undefined && shown !== expected)
    return refused(
      connection,
      'node/host-key',
      `The machine shows another key than the one given: ${type} ${shown}.`,
      'Ask who runs the machine. Where it was made anew, give its new key.',
    );
  if (/no matching host key/i.test(error.message))
    return refused(
      connection,
      'node/host-key',
      `The machine has no key of the type ${type}.`,
      'Give the key that it has.',
    );
  if (error.level === 'client-authentication')
    return refused(
      connection,
      'node/login',
      'The machine does not take the key.',
      'Add its public key to the authorized_keys of the user.',
    );
  if (/parse privateKey|privateKey value|passphrase/i.test(error.message))
    return refused(
      connection,
      'node/login',
      `The key cannot be used: ${oneLine(error.message)}.`,
      'Give a private key without a passphrase, or load it into an agent.',
    );
  return refused(
    connection,
    'node/unreachable',
    `No SSH: ${oneLine(error.message)}.`,
    'See that the machine runs, that the address is right, and that its firewall lets you in.',
  );
}

function lost(connection: Connection, error?: Error): KeelsonError {
  return refused(
    connection,
    'node/unreachable',
    `The connection was lost: ${oneLine(error?.message ?? 'no reason given')}.`,
    'See that the machine runs, and run the update again: it goes on where it was.',
  );
}

function timedOut(connection: Connection, timeoutMs: number): KeelsonError {
  return refused(
    connection,
    'node/unreachable',
    `A command took longer than ${Math.round(timeoutMs / 1000)} s.`,
    'See what the machine is busy with, and run the update again.',
  );
}
