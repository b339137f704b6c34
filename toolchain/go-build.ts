import { join } from 'node:path';
import type { ToolPin } from './pins';
import type { Platform } from './platform';
import { BUILD_FLAGS } from './recipe';
import { run } from './run';

/** Milliseconds after which a build is given up: far over the slowest one seen. */
const BUILD_TIMEOUT = 2 * 60 * 60 * 1000;

/** Milliseconds between two reports of progress. */
const TICK = 1000;

/** One build. */
export interface GoBuild {
  readonly pin: ToolPin;
  readonly platform: Platform;
  /** Path of the `go` command. */
  readonly go: string;
  /** Folder that holds the module folders. */
  readonly modules: string;
  /** The file to write. */
  readonly output: string;
  /** An empty folder for the compiler's temporary files. */
  readonly scratch: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Called about once a second, with the seconds so far and what Go is at. */
  readonly onTick: (seconds: number, message: string) => void;
}

/** A build that failed; the message holds the last lines that Go wrote. */
export class BuildFailed extends Error {
  public override readonly name = 'BuildFailed';
}

/**
 * Builds a tool from its pinned module. go.sum decides what the sources must hash to, so nothing is taken from the
 * network that is not pinned, whatever the checksum database settings are.
 */
export async function goBuild(build: GoBuild): Promise<void> {
  const started = Date.now();
  let packages = 0;
  let downloads = 0;
  const tick = () => {
    const count =
      packages > 0 ? `${packages} packages compiled` : downloads > 0 ? `${downloads} modules fetched` : '';
    const hint = `about ${build.pin.build.coldSeconds} s when cold`;
    build.onTick((Date.now() - started) / 1000, [hint, count].filter((part) => part !== '').join(' · '));
  };
  tick();
  const timer = setInterval(tick, TICK);
  try {
    const { pin } = build;
    const args = [
      'build',
      '-v',
      ...BUILD_FLAGS,
      '-ldflags',
      pin.build.ldflags,
      '-o',
      build.output,
      pin.build.package,
    ];
    const result = await run(build.go, args, {
      cwd: join(build.modules, pin.build.module),
      env: buildEnvironment(build),
      timeout: BUILD_TIMEOUT,
      signal: build.signal,
      onLine: (line) => {
        if (line.startsWith('go: downloading')) downloads += 1;
        else packages += 1;
      },
    });
    build.signal?.throwIfAborted();
    if (result.code !== 0) throw new BuildFailed(reason(result.failure, result.stderr));
  } finally {
    clearInterval(timer);
  }
}

/** The caller's environment, without what would change the result; proxy and checksum settings stay as they are. */
function buildEnvironment(build: GoBuild): NodeJS.ProcessEnv {
  return {
    ...build.env,
    CGO_ENABLED: '0',
    GO111MODULE: 'on',
    GOARCH: build.platform.goarch,
    // Not empty: an empty one would let in what `go env -w` has stored.
    GOFLAGS: BUILD_FLAGS[0],
    GOOS: build.platform.goos,
    GOTMPDIR: build.scratch,
    GOWORK: 'off',
  };
}

/** The lines that tell why: not the names of packages that were compiled, nor the downloads. */
function reason(failure: string | undefined, stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /\s/.test(line) && !line.startsWith('go: downloading'));
  return [failure === undefined ? 'go build failed' : `go build: ${failure}`, ...lines.slice(-8)].join('\n');
}
