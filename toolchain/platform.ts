import { KeelsonError } from '../model';

/** An operating system and processor, in Go's words. */
export interface Platform {
  readonly goos: 'linux' | 'darwin';
  readonly goarch: 'amd64' | 'arm64';
}

/** `linux-amd64`: the form used in paths and pins. */
export type PlatformKey = `${Platform['goos']}-${Platform['goarch']}`;

const GOOS: Partial<Record<string, Platform['goos']>> = { linux: 'linux', darwin: 'darwin' };
const GOARCH: Partial<Record<string, Platform['goarch']>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * The platform this process runs on.
 *
 * @throws KeelsonError `tool/missing` on anything but Linux or macOS on amd64 or arm64.
 */
export function currentPlatform(
  system: string = process.platform,
  processor: string = process.arch,
): Platform {
  const goos = GOOS[system];
  const goarch = GOARCH[processor];
  if (goos === undefined || goarch === undefined) {
    throw new KeelsonError({
      code: 'tool/missing',
      where: `${system}/${processor}`,
      message: 'The tools are not pinned for this platform.',
      fix: 'Use Linux or macOS on amd64 or arm64.',
    });
  }
  return { goos, goarch };
}

/** The platform as one word for paths and pins. */
export function platformKey(platform: Platform): PlatformKey {
  return `${platform.goos}-${platform.goarch}`;
}
