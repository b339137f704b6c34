import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Builds a Go program of the tests into the user's cache folder, which Go skips where nothing has changed.
 *
 * @param folder the module, with its sums
 * @param name of the executable
 * @param pkg the package that is the program
 * @param ldflags flags of the linker
 * @param flags more for the build, for example `-tags=…`
 * @param cgo more of the environment, for what is built with C
 * @returns the path of the executable
 */
export function buildGo(
  folder: string,
  name: string,
  pkg = '.',
  ldflags = '',
  flags: readonly string[] = [],
  cgo: Readonly<Record<string, string>> = {},
): string {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'keelson');
  mkdirSync(cache, { recursive: true });
  const output = join(cache, name);
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off', ...cgo };
  const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags', ldflags, ...flags, '-o', output, pkg];
  const { status, stderr } = spawnSync('go', args, { cwd: folder, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`go build of ${name} failed: ${stderr}`);
  return output;
}
