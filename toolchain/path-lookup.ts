import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { ToolPin } from './pins';
import { accepts, acceptedVersions, askVersion } from './version';

/** A tool that was found on the PATH, or why what is there was passed over. */
export interface PathLookup {
  readonly found?: { readonly path: string; readonly version: string };
  readonly passedOver: readonly string[];
}

/** True for a regular file that this user may execute. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Every executable of that name on the PATH, each file once. Relative PATH entries are left out: they are unsafe. */
export async function executablesOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const found = new Map<string, string>();
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (!isAbsolute(folder) || !(await isExecutable(path))) continue;
    const file = await realpath(path);
    if (!found.has(file)) found.set(file, path);
  }
  return [...found.values()];
}

/** Looks for a tool on the PATH and takes the first whose version is acceptable. */
export async function lookUpOnPath(
  pin: ToolPin,
  options: { readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal },
): Promise<PathLookup> {
  const passedOver: string[] = [];
  for (const path of await executablesOnPath(pin.name, options.env)) {
    const version = await askVersion(pin, path, options);
    if (version !== undefined && accepts(pin, version)) return { found: { path, version }, passedOver };
    passedOver.push(
      version === undefined
        ? `${path} does not tell its version`
        : `${path} is ${version}, needed is ${acceptedVersions(pin)}`,
    );
  }
  return { passedOver };
}
