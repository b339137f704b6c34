import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { localControlPlane, stopLocalControlPlane } from '../local';
import { KeelsonError } from '../model';
import { DIGEST_FILE } from '../stacks';
import { consoleProgress, resolveTools } from '../toolchain';
import { embeddedStack, tellEvent } from './embedded-stack';
import { StateFolder } from './state-folder';

/** Settings of `down`. */
export interface DownOptions {
  readonly stateDir: string;
  readonly outdir: string;
  readonly signal: AbortSignal;
}

/** Destroys the stack, stops the control plane and removes everything that `up` made outside the cache. */
export async function down(options: DownOptions): Promise<void> {
  const state = new StateFolder(options.stateDir);
  if (!state.exists()) {
    console.log('There is nothing to take down.');
    return;
  }
  await state.exclusively(async () => {
    await destroyStack(state, options.signal);
    const { stopped } = await stopLocalControlPlane(state.controlPlane, { remove: true });
    rmSync(state.path, { recursive: true, force: true });
    const outdir = resolve(options.outdir);
    if (existsSync(join(outdir, DIGEST_FILE))) rmSync(outdir, { recursive: true });
    console.log(`Stopped ${stopped.join(', ') || 'nothing'} and removed ${state.path}.`);
  });
}

/** The objects live in the control plane alone: where it does not run, they go with its data. */
async function destroyStack(state: StateFolder, signal: AbortSignal): Promise<void> {
  if (!existsSync(join(state.pulumi, 'state', '.pulumi'))) return;
  if ((await localControlPlane(state.controlPlane)) === undefined) {
    console.log('The control plane does not run: its objects are removed with its data.');
    return;
  }
  const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes'], {
    progress: consoleProgress(),
    signal,
  });
  const stack = await embeddedStack(state, tools, async () => undefined);
  try {
    await stack.destroy({ signal, onEvent: tellEvent });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new KeelsonError(
      {
        code: 'provision/failed',
        where: 'Pulumi',
        message: 'The stack could not be destroyed; Pulumi says why above.',
        fix: 'Correct the cause and run `npm run down` again.',
      },
      { cause: error },
    );
  }
}
