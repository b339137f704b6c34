import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../model';

/** The path that stands for standard input. */
export const STDIN = '-';

const ENDINGS = ['.yaml', '.yml', '.json'];

/** What synth writes beside the manifests, as it does the folders of clusters; taken only where it is named itself. */
const BESIDE_MANIFESTS = ['digests.json', 'reachability.json', 'construct-metadata.json'];

/** The files to read, in order, and the paths that could not be followed. */
export interface FoundFiles {
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Follows paths to files: a file is taken whatever its name, a folder gives its `*.yaml`, `*.yml` and `*.json` and those of
 * the folders in it, sorted by name. Links are followed; what can be reached twice is taken once, so a loop ends.
 *
 * @param paths files, folders, or `-` for standard input
 */
export function findFiles(paths: readonly string[]): FoundFiles {
  const search = new Search();
  for (const path of paths) {
    if (path === STDIN) search.files.add(path);
    else search.follow(path, true);
  }
  return { files: [...search.files], problems: search.problems };
}

class Search {
  public readonly files = new Set<string>();
  public readonly problems: Problem[] = [];
  private readonly seen = new Set<string>();

  /** Takes a file, or what is in a folder. Returns whether anything was there, good or bad. */
  public follow(path: string, isNamed: boolean): boolean {
    try {
      const stat = statSync(path);
      if (!stat.isDirectory() && !isNamed && (!stat.isFile() || !hasEnding(path))) return false;
      const real = realpathSync(path);
      if (this.seen.has(real)) return true;
      this.seen.add(real);
      if (stat.isDirectory()) return this.folder(path, isNamed);
      this.files.add(path);
    } catch (error) {
      this.problems.push(unreadable(path, error));
    }
    return true;
  }

  private folder(path: string, isNamed: boolean): boolean {
    let found = false;
    for (const entry of readdirSync(path, { withFileTypes: true }).sort(byName)) {
      if (entry.isFile() && !hasEnding(entry.name)) continue;
      if (BESIDE_MANIFESTS.includes(entry.name) || entry.name.endsWith('.cluster')) continue;
      if (this.follow(join(path, entry.name), false)) found = true;
    }
    if (!found && isNamed) this.nothingIn(path);
    return found;
  }

  private nothingIn(path: string): void {
    this.problems.push({
      code: 'check/nothing',
      where: path,
      message: `The folder holds no file that ends in ${ENDINGS.join(', ')}.`,
      fix: 'Name the folder that the manifests are in.',
    });
  }
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function hasEnding(path: string): boolean {
  return ENDINGS.some((ending) => path.toLowerCase().endsWith(ending));
}

/** The problem of a file or folder that the system does not let us read. */
export function unreadable(path: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  return {
    code: 'check/unreadable',
    where: path,
    message: `It cannot be read (${code ?? message}).`,
    fix:
      code === 'ENOENT'
        ? 'Check the path; there is nothing of that name.'
        : 'Make it readable, or leave it out.',
  };
}
