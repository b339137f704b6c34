/**
 * Writes `schemas/component-flags.json`, by which a flag or field that a release does not know is refused, from the components'
 * own code: it builds `main.go` against the modules of each release, and asks etcd for its help. It needs Go and the Go module
 * proxy, and some minutes for each release.
 *
 *     npx tsx schemas/component-flags/write.ts ETCD 1.35.4 1.36.3 1.37.2
 *
 * ETCD is the path of an etcd executable.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetesModule } from '../kubernetes-module';
import { mergeTables, type FlagTable } from './merge';

function go(folder: string, ...args: readonly string[]): string {
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', CGO_ENABLED: '0' };
  return execFileSync('go', args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 50_000_000,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** What the components of a release say of themselves. */
function tableOf(release: string): FlagTable {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-flags-'));
  try {
    copyFileSync(join(__dirname, 'main.go'), join(folder, 'main.go'));
    writeFileSync(join(folder, 'go.mod'), moduleFile(release));
    return JSON.parse(go(folder, 'run', '.')) as FlagTable;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** k8s.io/kubernetes replaces its staging modules by folders that a consumer does not have: here, by what was published. */
function moduleFile(release: string): string {
  const own = readFileSync(join(kubernetesModule(release), 'go.mod'), 'utf8');
  const staging = [...own.matchAll(/^\t(\S+) => \.\/staging\//gm)].map((match) => match[1]!);
  const version = `v0.${release.replace(/^1\./, '')}`;
  return [
    'module flags',
    `go ${/^go (\S+)$/m.exec(own)![1]}`,
    `require k8s.io/kubernetes v${release}`,
    'replace (',
    ...staging.map((module) => `\t${module} => ${module} ${version}`),
    ')',
    '',
  ].join('\n');
}

/** The flags that etcd names in its help. */
function etcdFlags(executable: string): { readonly version: string; readonly flags: readonly string[] } {
  const [, version] = /etcd Version: (\S+)/.exec(
    execFileSync(executable, ['--version'], { encoding: 'utf8' }),
  )!;
  const help = execFileSync(executable, ['--help'], { encoding: 'utf8' });
  const flags = [...help.matchAll(/^ {2}--([a-z0-9-]+)/gm)].map((match) => match[1]!);
  return { version: version!, flags: [...new Set(flags)].sort() };
}

function main([etcd, ...releases]: readonly string[]): void {
  if (etcd === undefined || releases.length === 0)
    throw new Error('Name an etcd executable and the releases.');
  const tables = new Map(releases.map((release) => [release, tableOf(release)]));
  const merged = { ...mergeTables(tables), etcd: etcdFlags(etcd) };
  writeFileSync(join(__dirname, '..', 'component-flags.json'), `${JSON.stringify(merged, null, 1)}\n`);
}

main(process.argv.slice(2));
