import { nameOf, type Connection } from '../connection';
import { Session, type RunOptions, type RunResult } from './session';

/** sshd's own limit of channels on a connection is ten. */
const CHANNELS = 8;

/** One connection for each machine, whatever the number of resources on it; as many commands at once as the machine takes. */
export class SessionPool {
  readonly #lines = new Map<string, Line>();
  #closed = false;

  /** Runs a script as root on a machine. */
  public async run(connection: Connection, script: string, options?: RunOptions): Promise<RunResult> {
    return this.#line(connection).run(script, options);
  }

  /** Ends all connections; commands that run fail, and no new one starts. */
  public close(): void {
    this.#closed = true;
    for (const line of this.#lines.values()) line.close();
  }

  #line(connection: Connection): Line {
    if (this.#closed) throw new Error('cancelled');
    const key = JSON.stringify([nameOf(connection), connection.hostKey, connection.identityFile]);
    let line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, (line = new Line(connection)));
    return line;
  }
}

/** The connection of one machine, opened when it is needed and anew when it is lost. */
class Line {
  readonly #connection: Connection;
  #session: Promise<Session> | undefined;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  public constructor(connection: Connection) {
    this.#connection = connection;
  }

  public async run(script: string, options?: RunOptions): Promise<RunResult> {
    if (this.#running >= CHANNELS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      const session = await this.#open();
      return await session.run(script, options);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  public close(): void {
    void this.#session?.then(
      (session) => session.close(),
      () => undefined,
    );
  }

  async #open(): Promise<Session> {
    const current = this.#session;
    if (current !== undefined) {
      const session = await current;
      if (session.isOpen) return session;
    }
    // Whoever comes first opens it, for all that wait.
    if (this.#session === current) {
      this.#session = Session.open(this.#connection);
      this.#session.catch(() => (this.#session = undefined));
    }
    return this.#session!;
  }
}
