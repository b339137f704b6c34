import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lock } from 'proper-lockfile';
import { KeelsonError } from '../model';

/** Where the embedded run keeps what it makes. Removing the folder after `down` loses nothing. */
export class StateFolder {
  public readonly path: string;
  /** Keys, data and logs of the control plane. */
  public readonly controlPlane: string;
  /** Everything of Pulumi: its home, its state, its working folder. */
  public readonly pulumi: string;

  /** @param path the folder, relative to the working folder; it need not exist */
  public constructor(path: string) {
    this.path = resolve(path);
    this.controlPlane = join(this.path, 'control-plane');
    this.pulumi = join(this.path, 'pulumi');
  }

  /** Whether an earlier run left something. */
  public exists(): boolean {
    return existsSync(this.path);
  }

  /** @throws KeelsonError (`cli/state`) where the folder cannot be made or written */
  public create(): void {
    try {
      mkdirSync(this.pulumi, { recursive: true, mode: 0o700 });
      accessSync(this.path, constants.W_OK);
    } catch (error) {
      throw new KeelsonError(
        {
          code: 'cli/state',
          where: this.path,
          message: `The state folder cannot be written (${(error as NodeJS.ErrnoException).code}).`,
          fix: 'Name a folder that you may write with --state-dir.',
        },
        { cause: error },
      );
    }
  }

  /**
   * Runs `work` while no other run uses the folder.
   *
   * @throws KeelsonError (`cli/state`) where another run does
   */
  public async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const release = await lock(this.path, {
      lockfilePath: `${this.path}.lock`,
      stale: 20_000,
      update: 5_000,
    }).catch((error: unknown) => {
      throw new KeelsonError(
        {
          code: 'cli/state',
          where: this.path,
          message: 'Another keelson run is using the state folder.',
          fix: 'Wait until it ends (a run that was killed counts as ended after 20 s).',
        },
        { cause: error },
      );
    });
    try {
      return await work();
    } finally {
      await release().catch(() => undefined);
    }
  }

  /** A random secret that is made once and kept, mode 0600. */
  public secret(name: string): { readonly file: string; readonly value: string } {
    const file = join(this.pulumi, name);
    if (!existsSync(file))
      writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
    return { file, value: readFileSync(file, 'utf8').trim() };
  }
}
