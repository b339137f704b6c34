import type { Problem } from '../../model';
import type { CheckedObject } from '../../policies/enforce/check';
import { STDIN } from './files';
import { Reader, STDIN_NAME } from './reader';
import { readStream } from './text';

/** Objects of every kind, and what could not be read. */
export interface AllObjects {
  readonly objects: readonly CheckedObject[];
  readonly problems: readonly Problem[];
}

/**
 * Reads all objects of files, folders and standard input, whatever their kind. That there is none is a problem.
 *
 * @param paths files, folders, or `-`
 */
export async function readAllObjects(paths: readonly string[]): Promise<AllObjects> {
  const reader = new Reader('all');
  const stdin = paths.includes(STDIN) ? await readStream(STDIN_NAME, process.stdin) : undefined;
  const objects = [...reader.read(paths, stdin)];
  return {
    objects,
    problems: reader.objects > 0 || reader.problems.length > 0 ? reader.problems : [nothing(paths)],
  };
}

function nothing(paths: readonly string[]): Problem {
  return {
    code: 'check/nothing',
    where: paths.join(', '),
    message: 'There is no Kubernetes object in it.',
    fix: 'Check the paths, and that what writes them did not fail.',
  };
}
