import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopLocalControlPlane, type LocalTools } from '../../../local';
import { COMPONENT_NAMES } from '../../../constructs/control-plane';
import { resolveTools } from '../../../toolchain';

/** The executables of a control plane, as the command finds them. */
export async function localTools(): Promise<LocalTools> {
  const tools = await resolveTools(COMPONENT_NAMES);
  return Object.fromEntries(COMPONENT_NAMES.map((name) => [name, tools[name].path])) as unknown as LocalTools;
}

/** A folder for control planes that a test makes for itself, and how to leave nothing of them. */
export interface OwnFolder {
  readonly path: string;
  /** Stops what runs in the state folders below and removes everything. */
  clear(): Promise<void>;
}

/** A new temporary folder. */
export function ownFolder(): OwnFolder {
  const path = mkdtempSync(join(tmpdir(), 'keelson-e2e-'));
  return {
    path,
    clear: async () => {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory()) await stopLocalControlPlane(join(path, entry.name), { remove: true });
      }
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Ids of running processes that name a folder on their command line. */
export function processesOf(folder: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`=${folder}/`);
      } catch {
        return false;
      }
    });
}
