import type { AccessObject } from '../authorization';
import { accessBaselineProblems, KeelsonError, type AccessBaseline, type Problem } from '../model';
import { ApiClient } from '../probes/client/api-client';
import { readKubeconfig } from '../probes/client/kubeconfig';
import { readLiveAccess, type LiveAccess } from '../probes/client/live-access';
import { STDIN } from './input/files';
import { kubeconfigPath } from './input/live';
import { Reader, STDIN_NAME } from './input/reader';
import { readStream, readText } from './input/text';

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
  if (live) return { ...(await liveAccess(kubeconfig)), whole: true };
  const reader = new Reader('all');
  const stdin = paths.includes(STDIN) ? await readStream(STDIN_NAME, process.stdin) : undefined;
  const objects: readonly AccessObject[] = [...reader.read(paths, stdin)];
  const problems: readonly Problem[] =
    reader.objects > 0 || reader.problems.length > 0
      ? reader.problems
      : [
          {
            code: 'check/nothing',
            where: paths.join(', '),
            message: 'There is no Kubernetes object in it.',
            fix: 'Check the paths, and that what writes them did not fail.',
          },
        ];
  return { objects, problems, whole: false };
}

async function liveAccess(kubeconfig: string | undefined): Promise<LiveAccess> {
  const access = readKubeconfig(kubeconfigPath(kubeconfig, process.env));
  const client = new ApiClient(access);
  try {
    return await readLiveAccess(client, access.server.replace(/\/$/, ''));
  } finally {
    client.close();
  }
}

/**
 * Reads a baseline.
 *
 * @throws KeelsonError (`check/unreadable`, `access/baseline`)
 */
export function readBaseline(file: string): AccessBaseline {
  const content = readText(file);
  if ('problem' in content) throw new KeelsonError(content.problem);
  let value: unknown;
  try {
    value = JSON.parse(content.text);
  } catch {
    // Told below: text is no baseline.
  }
  const problems = accessBaselineProblems(value, `${file}: `);
  if (problems.length > 0) throw new KeelsonError(problems);
  return value as AccessBaseline;
}
