import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheEntry } from './cache';
import type { ReleaseFile, ReleasePin, ToolPin } from './pins';
import { platformKey, type Platform } from './platform';

/** What every build passes to `go build` besides the linker's flags; part of the key of what is built. */
export const BUILD_FLAGS = ['-mod=readonly', '-trimpath', '-buildvcs=false'];

/** The release file of a tool for a platform; undefined where none is pinned. */
export function releaseFor(
  pin: ToolPin,
  platform: Platform,
): { readonly release: ReleasePin; readonly file: ReleaseFile } | undefined {
  const file = pin.release?.files[platformKey(platform)];
  return pin.release === undefined || file === undefined ? undefined : { release: pin.release, file };
}

/** Where the pinned release of a tool is cached, keyed by its digest. */
export function releaseEntry(
  root: string,
  pin: ToolPin,
  platform: Platform,
  release: ReleasePin,
  file: ReleaseFile,
): CacheEntry {
  return entry(root, pin, release.version, platform, ['release', file.digest, file.member ?? '']);
}

/** Where a build of a tool is cached, keyed by all that decides what is built: module files, package and flags. */
export function buildEntry(root: string, pin: ToolPin, platform: Platform, modules: string): CacheEntry {
  const folder = join(modules, pin.build.module);
  const inputs = readdirSync(folder)
    .filter((name) => /^go\.(mod|sum)$|\.go$/.test(name))
    .sort()
    .flatMap((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  const recipe = ['build', pin.build.package, pin.build.ldflags, ...BUILD_FLAGS, ...inputs];
  return entry(root, pin, pin.version, platform, recipe);
}

function entry(
  root: string,
  pin: ToolPin,
  version: string,
  platform: Platform,
  recipe: string[],
): CacheEntry {
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16);
  const folder = join(root, 'tools', pin.name, version, platformKey(platform), key);
  return { name: pin.name, folder, path: join(folder, pin.name) };
}
