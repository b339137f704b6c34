import { z } from 'zod';
import { COMPONENT_NAMES, type ControlPlanePorts, type CryptographyName } from '../constructs/control-plane';
import { KeelsonError } from '../model';
import { readIfThere, writeFileAtomic } from '../pki';
import { stateFile } from './layout';

const PORT = z.int().min(1).max(65535);

const STATE = z.object({
  version: z.literal(1),
  cryptography: z.enum(['modern', 'fips']).optional(),
  ports: z.object({
    apiServer: PORT,
    etcdClient: PORT,
    etcdPeer: PORT,
    controllerManager: PORT,
    scheduler: PORT,
  }),
  processes: z.array(
    z.object({
      name: z.enum(COMPONENT_NAMES),
      pid: z.int().positive(),
      startedAt: z.string(),
      executable: z.string(),
      digest: z.string(),
    }),
  ),
});

/** A process that was started, with what tells it from another that was later given its id. */
export type ProcessRecord = z.infer<typeof STATE>['processes'][number];

/** What is kept between two runs: profile, ports and processes. No secret is in it. */
export interface LocalState {
  /**
   * The profile of the last start.
   * @default 'modern'
   */
  readonly cryptography?: CryptographyName;
  readonly ports: ControlPlanePorts;
  readonly processes: readonly ProcessRecord[];
}

/**
 * The state that an earlier run left; undefined where there is none.
 * @throws KeelsonError `cli/state` when the record cannot be read
 */
export async function readState(stateDir: string): Promise<LocalState | undefined> {
  const path = stateFile(stateDir);
  try {
    const text = await readIfThere(path);
    return text === undefined ? undefined : STATE.parse(JSON.parse(text));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw new KeelsonError(
      {
        code: 'cli/state',
        where: path,
        message: 'The record of the local control plane cannot be read.',
        fix: 'Stop its processes if any still run, remove the state folder and start again.',
      },
      { cause },
    );
  }
}

/** Writes the state; a reader sees the old or the new one. */
export async function writeState(stateDir: string, state: LocalState): Promise<void> {
  await writeFileAtomic(stateFile(stateDir), `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`);
}
