import { KeelsonError, type AccessBaseline } from '../model';
import { parseAccessBaseline } from '../policies/access-paths';
import { readLiveAccess, type LiveAccess } from '../probes/client/live-access';
import { readAllObjects } from './input/all-objects';
import { inCluster } from './input/live';
import { readText } from './input/text';

/** Everything that `keelson access` judges, from files or from a cluster. */
export interface AccessInput extends LiveAccess {
  /** They are all that a cluster has. */
  readonly whole: boolean;
}

/** Reads all that a command names. */
export async function accessInput(
  paths: readonly string[],
  { live, kubeconfig }: { readonly live: boolean; readonly kubeconfig?: string },
): Promise<AccessInput> {
  if (live) return { ...(await inCluster(kubeconfig, process.env, readLiveAccess)), whole: true };
  return { ...(await readAllObjects(paths)), whole: false };
}

/**
 * Reads a baseline.
 *
 * @throws KeelsonError (`check/unreadable`, `access/baseline`)
 */
export function readBaseline(file: string): AccessBaseline {
  const content = readText(file);
  if ('problem' in content) throw new KeelsonError(content.problem);
  return parseAccessBaseline(content.text, file);
}
