import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Manifest } from '../../../../constructs';

/** The Go module whose test data says, version by version, what Pod Security admits. */
const MODULE = 'k8s.io/pod-security-admission';
const VERSION = 'v0.37.2';

export type Level = 'baseline' | 'restricted';

/** A pod of the standard's own test data. */
export interface Fixture {
  readonly level: Level;
  /** The version of Kubernetes whose rules it is for, for example `1.37`. */
  readonly version: string;
  readonly passes: boolean;
  /** The check that it is about, by its name in lower case; `base` for the plainest pods. */
  readonly check: string;
  readonly file: string;
  readonly pod: Manifest;
}

/** Folder of the test data; undefined where there is no Go to fetch it with. */
export function fixturesFolder(): string | undefined {
  const go = (args: readonly string[], cwd?: string): string =>
    execFileSync('go', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    go(['version']);
  } catch {
    return undefined;
  }
  const folder = join(go(['env', 'GOMODCACHE']), `${MODULE}@${VERSION}`, 'test', 'testdata');
  if (existsSync(folder)) return folder;
  const module = mkdtempSync(join(tmpdir(), 'keelson-pod-security-'));
  try {
    writeFileSync(join(module, 'go.mod'), 'module fixtures\n');
    go(['mod', 'download', `${MODULE}@${VERSION}`], module);
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
  return folder;
}

/** All fixtures, by level and version. */
export function readFixtures(folder: string): readonly Fixture[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const [level, version, verdict, name] = file.split('/') as [Level, string, string, string];
      return {
        level,
        version: version.slice(1),
        passes: verdict === 'pass',
        check: name.replace(/\d*\.yaml$/, '').replace(/^base_.*$/, 'base'),
        file,
        pod: load(readFileSync(join(folder, file), 'utf8')) as Manifest,
      };
    });
}
