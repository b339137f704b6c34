import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Packages of Debian that are unpacked into the user's cache folder: nothing is installed, nobody has to be root. */
export interface Unpacked {
  /** Folder with the files of all of them. */
  readonly root: string;
}

/** Why they cannot be had here. */
export interface NotToBeHad {
  readonly reason: string;
}

/**
 * Fetches packages by the package manager of the system, in the versions that it knows, and unpacks them; what was fetched before is
 * taken from the cache.
 */
export function debianPackages(names: readonly string[]): Unpacked | NotToBeHad {
  const policy = run('apt-cache', ['policy', ...names]);
  if (policy === undefined) return { reason: 'apt-cache is not there: this is no Debian' };
  const versions = [...policy.matchAll(/^ {2}Candidate: (\S+)/gm)].map((match) => match[1]!);
  if (versions.length !== names.length || versions.includes('(none)'))
    return {
      reason: `apt knows no version of ${names.join(', ')}: its lists may have to be fetched (apt-get update)`,
    };
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'keelson', 'debian');
  const root = join(
    cache,
    names
      .map((name, at) => `${name}_${versions[at]}`)
      .join('+')
      .replace(/[^\w.+~-]/g, '-')
      .slice(0, 200),
  );
  if (existsSync(root)) return { root };
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(join(cache, 'making-'));
  try {
    if (run('apt-get', ['download', '-q', ...names], making) === undefined)
      return { reason: `apt-get cannot download ${names.join(', ')}` };
    const files = join(making, 'files');
    for (const name of readdirSync(making).filter((file) => file.endsWith('.deb')))
      if (run('dpkg-deb', ['-x', join(making, name), files]) === undefined)
        return { reason: `dpkg-deb cannot unpack ${name}` };
    if (!existsSync(root)) renameSync(files, root);
    return { root };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[], cwd?: string): string | undefined {
  const { status, stdout } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  return status === 0 ? stdout : undefined;
}
