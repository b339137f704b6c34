import { KeelsonError, oneLine, type ErrorCode } from '../../model';
import { nameOf, type Connection } from '../connection';
import type { SessionPool } from '../ssh/pool';
import { Session, type RunOptions, type RunResult } from '../ssh/session';

/** A machine that scripts are run on, as root. */
export class Machine {
  public readonly connection: Connection;
  readonly #pool: SessionPool;

  public constructor(connection: Connection, pool: SessionPool) {
    this.connection = connection;
    this.#pool = pool;
  }

  /** In messages. */
  public get name(): string {
    return nameOf(this.connection);
  }

  /** Runs a script and gives what it did, whatever that is. It may not hold a secret; `input` may. */
  public async try(script: string, options?: RunOptions): Promise<RunResult> {
    const result = await this.#pool.run(this.connection, script, options);
    if (result.status !== 0 && /^sudo: /m.test(result.stderr))
      throw new KeelsonError([
        {
          code: 'node/sudo',
          where: this.name,
          message: `The user may not become root: ${oneLine(firstLine(result.stderr))}.`,
          fix: 'Allow it sudo without a password (NOPASSWD), or log in as root.',
        },
      ]);
    return result;
  }

  /**
   * Runs a script and gives what it prints.
   *
   * @param what it is for, in a few words, for the message
   * @throws KeelsonError `node/disk-full` or `node/command` with the end of what it printed as its error
   */
  public async run(what: string, script: string, options?: RunOptions): Promise<string> {
    const { status, stdout, stderr } = await this.try(script, options);
    if (status === 0) return stdout;
    if (/No space left on device|Disk quota exceeded/i.test(stderr))
      throw this.problem(
        'node/disk-full',
        `The disk is full: ${what} failed.`,
        'Make room, and run the update again: nothing was half written.',
      );
    const said = tail(stderr === '' ? stdout : stderr);
    throw this.problem(
      'node/command',
      `${what} failed with exit code ${status}${said === '' ? '' : `: ${said}`}.`,
      'Mend what it says, and run the update again: it goes on where it was.',
    );
  }

  /**
   * Proves that a new connection comes through.
   * @throws KeelsonError as of any connection
   */
  public async reconnect(): Promise<void> {
    (await Session.open(this.connection)).close();
  }

  public problem(code: ErrorCode, message: string, fix: string): KeelsonError {
    return new KeelsonError([{ code, where: this.name, message, fix }]);
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** The end of a text, in one line. */
function tail(text: string): string {
  return oneLine(
    text
      .trim()
      .slice(-1500)
      .replace(/\s*\n\s*/g, '; '),
  ).replace(/\.$/, '');
}
