import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** What npm notes of an installed package. */
interface InstalledPackage {
  readonly version: string;
  /** Where it came from. npm leaves it out for a registry where `omit-lockfile-registry-resolved` says so. */
  readonly resolved?: string;
  readonly link?: boolean;
}

/** A package of a registry: HOST/NAME/-/NAME-VERSION.tgz. */
const OF_REGISTRY = /^https?:\/\/.+\/-\/[^/]+\.tgz$/;

/**
 * How npm finds a package that it installed: the path of the tarball, the address, or the range of versions of a registry.
 *
 * @param root the package's folder
 * @returns undefined where it was not installed by npm, as in a clone
 */
export function installedFrom(root: string): string | undefined {
  const modules = dirname(root);
  const lock = join(modules, '.package-lock.json');
  if (basename(modules) !== 'node_modules' || !existsSync(lock)) return undefined;
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as {
    readonly packages: Readonly<Record<string, InstalledPackage>>;
  };
  const installed = packages[`node_modules/${basename(root)}`];
  if (installed === undefined || installed.link === true) return undefined;
  const { resolved, version } = installed;
  if (resolved === undefined || OF_REGISTRY.test(resolved)) return `^${version}`;
  return resolved.startsWith('file:') ? resolve(dirname(modules), resolved.slice('file:'.length)) : resolved;
}
