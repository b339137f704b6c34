import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { localControlPlane, stopLocalControlPlane } from '../local';
import { KeelsonError } from '../model';
import { removeSynthesized } from '../stacks';
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
    console.log(`There is nothing to take down in ${state.path}.`);
    return;
  }
  await state.exclusively(async () => {
    await destroyStack(state, options.signal);
    const { stopped } = await stopLocalControlPlane(state.controlPlane, { remove: true });
    state.remove();
    removeSynthesized(resolve(options.outdir));
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
  // Something else in the cluster can keep a namespace from going; its data goes all the same.
  const patience = AbortSignal.timeout(120_000);
  try {
    await stack.destroy({ signal: AbortSignal.any([signal, patience]), onEvent: tellEvent });
  } catch (error) {
    if (signal.aborted) throw error;
    if (patience.aborted) {
      console.log(
        'The objects did not go in two minutes: they are removed with the data of the control plane.',
      );
      return;
    }
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
