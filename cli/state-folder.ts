import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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

  /** Whether this is a folder that an earlier run made. */
  public exists(): boolean {
    return existsSync(this.marker);
  }

  /** @throws KeelsonError (`cli/state`) where the folder cannot be made or written, or holds what is not keelson's */
  public create(): void {
    try {
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
      if (!this.exists() && readdirSync(this.path).length > 0) throw this.foreign();
      chmodSync(this.path, 0o700);
      writeFileSync(this.marker, 'Made by keelson; `keelson down` removes this folder.\n', { mode: 0o600 });
      mkdirSync(this.pulumi, { recursive: true, mode: 0o700 });
      accessSync(this.path, constants.W_OK);
    } catch (error) {
      if (error instanceof KeelsonError) throw error;
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

  /** Removes what keelson made in it, and the folder itself where nothing else is in it. */
  public remove(): void {
    for (const made of [this.pulumi, this.controlPlane, this.marker])
      rmSync(made, { recursive: true, force: true });
    if (readdirSync(this.path).length === 0) rmdirSync(this.path);
  }

  private get marker(): string {
    return join(this.path, 'keelson-state');
  }

  private foreign(): KeelsonError {
    return new KeelsonError({
      code: 'cli/state',
      where: this.path,
      message: 'The folder is not empty, and nothing says that keelson made it.',
      fix: 'Name a new or empty folder with --state-dir.',
    });
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
