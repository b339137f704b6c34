import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';

/** The folder of the project. */
export const PROJECT = resolve(__dirname, '../../..');

/** State folder of the control plane that all e2e tests share. */
export const SHARED_STATE = join(PROJECT, '.keelson');

/** How a run of the command ended. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A run of the command that is still going on. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves when the output has matched; rejects when the command ends before. */
  seen(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Run>;
}

/** Starts the keelson command in the project's folder, as `npm run` does. */
export function startKeelson(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args], {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise<Run>((done) => child.once('close', (code) => done({ code: code ?? -1, output })));
  return {
    child,
    ended,
    seen: (pattern) =>
      new Promise((done, fail) => {
        const look = (): void => {
          if (!pattern.test(output)) return;
          listeners.delete(look);
          done();
        };
        listeners.add(look);
        look();
        void ended.then((run) => fail(new Error(`ended with ${run.code} before ${pattern}:\n${run.output}`)));
      }),
  };
}

/** Runs the keelson command to its end. */
export async function keelson(...args: readonly string[]): Promise<Run> {
  return startKeelson(args).ended;
}
