import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type PulumiFn,
  type Stack,
} from '@pulumi/pulumi/automation';
import { searchPath, type ResolvedTool } from '../toolchain';
import { describeEvent } from './pulumi-events';
import type { StateFolder } from './state-folder';

/** Tools that Pulumi needs. */
export interface PulumiTools {
  readonly pulumi: ResolvedTool;
  readonly 'pulumi-resource-kubernetes': ResolvedTool;
}

const STACK = 'embedded';

/**
 * The Pulumi stack of the embedded run: state in files, encrypted with a passphrase that is made once, and the program
 * in this process, so that no language host is needed.
 *
 * @param checkpoints whether the engine writes the whole state after every step, as it does for who runs `pulumi up`. That is
 *   most of the time that a stack of some hundred objects takes. Without, a run that is killed forgets what it made; the next
 *   one takes it up again, because what it applies is the same and under the same name
 */
export async function embeddedStack(
  state: StateFolder,
  tools: PulumiTools,
  program: PulumiFn,
  checkpoints = false,
): Promise<Stack> {
  const folder = (name: string): string => {
    const path = join(state.pulumi, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const backend = folder('state');
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: STACK, projectName: 'keelson', program },
    {
      workDir: folder('work'),
      pulumiHome: folder('home'),
      pulumiCommand: await PulumiCommand.get({
        root: pulumiRoot(state, tools.pulumi),
        skipVersionCheck: true,
      }),
      projectSettings: { name: 'keelson', runtime: 'nodejs', backend: { url: `file://${backend}` } },
      envVars: {
        PATH: searchPath([tools['pulumi-resource-kubernetes']]),
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE_FILE: state.secret('passphrase').file,
        PULUMI_SKIP_UPDATE_CHECK: '1',
        PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: '1',
        // Each backup doubles what is written at every step; this state is made anew in seconds.
        PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: '1',
        // The provider leaves copies of the kubeconfig in the folder for temporary files: this one goes with the rest.
        TMPDIR: folder('tmp'),
        ...(checkpoints ? {} : { PULUMI_EXPERIMENTAL: 'true', PULUMI_SKIP_CHECKPOINTS: 'true' }),
      },
    },
  );
  // We hold the state folder, so a lock on the stack is what a run that was killed left behind.
  if (existsSync(join(backend, '.pulumi', 'locks'))) await stack.cancel();
  return stack;
}

/** The Automation API looks for `bin/pulumi` below a folder. */
function pulumiRoot(state: StateFolder, pulumi: ResolvedTool): string {
  const bin = join(state.pulumi, 'bin');
  mkdirSync(bin, { recursive: true });
  const link = join(bin, 'pulumi');
  rmSync(link, { force: true });
  symlinkSync(pulumi.path, link);
  return state.pulumi;
}

/** Tells a person what the engine did, a line for each object that changed. */
export function tellEvent(event: EngineEvent): void {
  const line = describeEvent(event);
  if (line !== undefined) process.stderr.write(`${line}\n`);
}
