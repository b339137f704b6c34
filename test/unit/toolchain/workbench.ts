import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Context } from '../../../toolchain/context';
import type { ToolPin } from '../../../toolchain/pins';
import type { ProgressEvent } from '../../../toolchain/progress';

/** The commands that fake tools may use; nothing else of this machine is on their PATH. */
const COMMANDS = ['sh', 'sleep', 'cat', 'chmod', 'tar', 'gzip'];

/** A temporary folder with a PATH of its own, fake tools, a fake Go and an empty cache. */
export class Workbench {
  public readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'keelson-toolchain-')));
  public readonly bin = join(this.folder, 'bin');
  public readonly cache = join(this.folder, 'cache');
  public readonly modules = join(this.folder, 'modules');
  public readonly events: ProgressEvent[] = [];
  private readonly calls = join(this.folder, 'go-builds');
  private readonly pids = join(this.folder, 'go-pids');

  public constructor() {
    const commands = join(this.folder, 'commands');
    for (const folder of [this.bin, commands, join(this.modules, 'm')])
      mkdirSync(folder, { recursive: true });
    for (const command of COMMANDS) {
      const found = (process.env['PATH'] ?? '')
        .split(delimiter)
        .map((folder) => join(folder, command))
        .find((path) => existsSync(path));
      if (found !== undefined) symlinkSync(found, join(commands, command));
    }
    writeFileSync(join(this.modules, 'm', 'go.mod'), 'module m\n\ngo 1.26.0\n');
    writeFileSync(join(this.modules, 'm', 'go.sum'), '');
  }

  public get env(): NodeJS.ProcessEnv {
    return { PATH: [this.bin, join(this.folder, 'commands')].join(delimiter) };
  }

  public context(pins: readonly ToolPin[], more: Partial<Context> = {}): Context {
    return {
      env: this.env,
      pins,
      platform: { goos: 'linux', goarch: 'amd64' },
      root: this.cache,
      modules: this.modules,
      limits: { connect: 300, answer: 600, stall: 600 },
      ...more,
    };
  }

  public readonly progress = (event: ProgressEvent): void => {
    this.events.push(event);
  };

  /** An executable that prints a version, whatever it is asked. */
  public tool(path: string, version: string): string {
    return this.script(path, `echo 'fake v${version}'`);
  }

  public script(path: string, body: string): string {
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** A Go that counts its builds; what it builds prints `builds` as its version. It takes `seconds` for a build. */
  public go(options: { version?: string; builds?: string; seconds?: number; fails?: string } = {}): void {
    const { version = '1.26.8', builds = '1.2.3', seconds = 0, fails } = options;
    this.script(
      join(this.bin, 'go'),
      `if [ "$1" = env ]; then echo go${version}; exit 0; fi
echo "$@" >> ${this.calls}
while [ "$1" != -o ]; do shift; done
echo half > "$2"
sleep ${seconds} & echo $$ $! >> ${this.pids}; wait $!
${fails === undefined ? '' : `echo '${fails}' >&2; exit 1`}
printf '#!/bin/sh\\necho v${builds}\\n' > "$2"; chmod 755 "$2"`,
    );
  }

  /** The arguments of every build that the fake Go was asked for. */
  public get builds(): string[] {
    return existsSync(this.calls) ? readFileSync(this.calls, 'utf8').trim().split('\n') : [];
  }

  /** Processes of the fake Go that still run. */
  public get running(): number[] {
    if (!existsSync(this.pids)) return [];
    const pids = readFileSync(this.pids, 'utf8').trim().split(/\s+/).map(Number);
    return pids.filter((pid) => {
      try {
        const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
        return !state.trim().startsWith('Z');
      } catch {
        return false;
      }
    });
  }

  /** Every file below the cache folder, and every lock. */
  public get cached(): string[] {
    return filesBelow(this.cache);
  }

  public end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A pin for a tool that is built from the workbench's module. */
export function pinOf(name: ToolPin['name'], more: Partial<ToolPin> = {}): ToolPin {
  return {
    name,
    version: '1.2.3',
    accepts: 'same-minor',
    versionArguments: ['--version'],
    build: { module: 'm', package: `example/${name}`, ldflags: '-s', coldSeconds: 7 },
    ...more,
  };
}

/** Waits until `done` holds, for at most five seconds. */
export async function until(done: () => boolean): Promise<void> {
  for (const start = Date.now(); !done() && Date.now() - start < 5000;) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return entry.name.endsWith('.lock') || entry.name.includes('.part-') ? [path] : filesBelow(path);
  });
}
