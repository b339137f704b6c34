import { parse } from 'semver';
import type { ToolPin } from './pins';
import { run } from './run';

/** Milliseconds in which a tool must have told its version. */
const VERSION_TIMEOUT = 10_000;

/**
 * Asks an executable for its version, without a leading `v`. Undefined where it has no answer: it hangs, fails, or
 * prints no version. It is kept off the network and away from any kubeconfig.
 */
export async function askVersion(
  pin: ToolPin,
  path: string,
  options: { readonly env: NodeJS.ProcessEnv; readonly signal?: AbortSignal; readonly timeout?: number },
): Promise<string | undefined> {
  const result = await run(path, pin.versionArguments, {
    env: { ...options.env, KUBECONFIG: '/dev/null', PULUMI_SKIP_UPDATE_CHECK: '1' },
    timeout: options.timeout ?? VERSION_TIMEOUT,
    signal: options.signal,
  });
  if (result.code !== 0) return undefined;
  return /(?:^|[\sv])(\d+\.\d+\.\d+[-+.\w]*)/m.exec(result.stdout)?.[1];
}

/** True where a tool that reports `version` can stand in for the pinned one. */
export function accepts(pin: ToolPin, version: string): boolean {
  const found = parse(version);
  const pinned = parse(pin.version);
  if (found === null || pinned === null || found.major !== pinned.major) return false;
  switch (pin.accepts) {
    case 'same-minor':
      return found.prerelease.length === 0 && found.minor === pinned.minor;
    case 'minor-skew':
      // A prerelease part is also how a wrapper shows that it will start another kubectl.
      return found.prerelease.length === 0 && Math.abs(found.minor - pinned.minor) <= 1;
    case 'at-least':
      return found.compare(pinned) >= 0;
  }
}

/** What `accepts` asks for, in words: for example `1.36 to 1.38`. */
export function acceptedVersions(pin: ToolPin): string {
  const { major, minor } = parse(pin.version, {}, true);
  switch (pin.accepts) {
    case 'same-minor':
      return `${major}.${minor}`;
    case 'minor-skew':
      return `${major}.${minor - 1} to ${major}.${minor + 1}`;
    case 'at-least':
      return `${major}.x from ${pin.version}`;
  }
}
