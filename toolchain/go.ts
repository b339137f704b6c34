import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { coerce, lt } from 'semver';
import { executablesOnPath } from './path-lookup';
import { run } from './run';

/** A Go that can build a module, or why there is none, with what to install. */
export type GoLookup =
  { readonly path: string; readonly version: string } | { readonly missing: string; readonly fix: string };

const GO_TIMEOUT = 60_000;

/** The Go version that a module's go.mod asks for, for example `1.26.0`. */
export function requiredGo(moduleFolder: string): string {
  const version = /^go (\d+\.\d+(?:\.\d+)?)/m.exec(readFileSync(join(moduleFolder, 'go.mod'), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${moduleFolder}/go.mod names no Go version`);
  return version;
}

/**
 * Looks for a Go on the PATH that is new enough for a module. `GOTOOLCHAIN` is respected: Go may answer with a newer
 * version that it fetches itself.
 */
export async function findGo(
  moduleFolder: string,
  options: { readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal },
): Promise<GoLookup> {
  const required = requiredGo(moduleFolder);
  const fix = `Install Go ${required} or newer (https://go.dev/dl/) and put it on the PATH.`;
  const [path] = await executablesOnPath('go', options.env);
  if (path === undefined) return { missing: 'There is no Go on the PATH to build it with.', fix };
  const result = await run(path, ['env', 'GOVERSION'], {
    env: { ...options.env, GOWORK: 'off' },
    cwd: moduleFolder,
    timeout: GO_TIMEOUT,
    signal: options.signal,
  });
  const version = coerce(result.stdout)?.version;
  if (result.code !== 0 || version === undefined) {
    const reason = result.failure ?? result.stderr.trim().split('\n').at(-1) ?? '';
    return { missing: `The Go at ${path} cannot be used: ${reason}.`, fix };
  }
  if (lt(version, coerce(required)!)) {
    return { missing: `The Go at ${path} is ${version}, needed is ${required} or newer.`, fix };
  }
  return { path, version };
}
