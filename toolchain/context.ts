import { cacheRoot } from './cache';
import { DOWNLOAD_LIMITS, type DownloadLimits } from './download';
import { modulesFolder } from './package-root';
import { PINS, type ToolPin } from './pins';
import { currentPlatform, type Platform } from './platform';

/** All that a search for tools depends on. Tests give their own; everybody else gets the real one. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly pins: readonly ToolPin[];
  readonly platform: Platform;
  /** The cache folder. */
  readonly root: string;
  /** The folder of the Go modules. */
  readonly modules: string;
  readonly limits: DownloadLimits;
  readonly signal?: AbortSignal;
}

/** The context of a real search. */
export function contextOf(env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Context {
  return {
    env,
    pins: PINS,
    platform: currentPlatform(),
    root: cacheRoot(env),
    modules: modulesFolder(),
    limits: DOWNLOAD_LIMITS,
    ...(signal === undefined ? {} : { signal }),
  };
}
