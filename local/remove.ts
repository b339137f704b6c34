import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OWNED } from './layout';

/** Removes what the local control plane keeps in a state folder, and nothing else. */
export async function removeOwned(stateDir: string): Promise<void> {
  for (const name of OWNED) await rm(join(stateDir, name), { recursive: true, force: true });
}

/** Removes a folder and those above it up to `topmost`, as long as each is empty. */
export async function removeFolders(folder: string, topmost: string): Promise<void> {
  for (let path = folder; path.startsWith(topmost); path = dirname(path)) {
    try {
      await rmdir(path);
    } catch {
      // Not empty, or never made: it stays, and so do those above it.
      return;
    }
  }
}
