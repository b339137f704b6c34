/** `keelson check` beside kube-score: the whole process from cold, on the same files, each in turn. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheRoot } from '../toolchain/cache';
import { median, tableHead, tableRow, type Measurement } from './measure';

const KUBE_SCORE = 'v1.20.0';
const RUNS = 5;
/** GNU time tells the peak memory of another process. Without it memory stays unknown. */
const TIME = '/usr/bin/time';

/** What one run took. On a machine that does other work too, the processor time says more than the clock. */
interface Run extends Measurement {
  readonly cpu: number;
}

/** Prints both tables. Builds `lib/` first, because that is what users run. */
export function benchCheck(): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const ours = (file: string) => [process.execPath, 'lib/cli/main.js', 'check', file];
  try {
    const kubeScore = installKubeScore();
    const theirs = (file: string) => [kubeScore, 'score', file];
    console.log(tableHead(['file', ...columnsOf('keelson'), ...columnsOf('kube-score'), 'ratio']));
    for (const [name, file] of [
      ['1 Deployment', write(folder, 'small.yaml', [deployment(0)])],
      [
        '2,000 Deployments and ConfigMaps',
        write(folder, 'pairs.yaml', documents(2_000, [deployment, configMap])),
      ],
      ['3,000 with Services', write(folder, 'large.yaml', documents(3_000))],
    ] as const) {
      const pairs = Array.from({ length: RUNS }, () => [ours(file), theirs(file)].map(measure));
      const [our, their] = [0, 1].map((side) => middle(pairs.map((pair) => pair[side]!)));
      const ratio = (our!.seconds / their!.seconds).toFixed(2);
      console.log(tableRow([name, ...cells(our!), ...cells(their!), ratio]));
    }
    console.log(
      `\nGrowth of keelson alone:\n\n${tableHead(['objects', 'time', 'CPU', 'memory', 'CPU per 1,000'])}`,
    );
    for (const count of [1_000, 10_000, 100_000]) {
      const file = write(folder, `${count}.yaml`, documents(count));
      const one = middle(Array.from({ length: 3 }, () => measure(ours(file))));
      const each = `${((one.cpu / count) * 1e6).toFixed(0)} ms`;
      console.log(tableRow([count.toLocaleString('en'), ...cells(one), each]));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From the Go module proxy into our cache, the first time. */
function installKubeScore(): string {
  const bin = join(cacheRoot(process.env), 'bench', `kube-score-${KUBE_SCORE}`);
  const path = join(bin, 'kube-score');
  if (existsSync(path)) return path;
  mkdirSync(bin, { recursive: true });
  const env = { ...process.env, GOBIN: bin };
  execFileSync('go', ['install', `github.com/zegl/kube-score/cmd/kube-score@${KUBE_SCORE}`], {
    env,
    stdio: 'inherit',
  });
  return path;
}

function measure([command, ...args]: readonly string[]): Run {
  const timed = existsSync(TIME);
  const [file, all] = timed ? [TIME, ['-f', '%M %U %S', command!, ...args]] : [command!, args];
  const start = performance.now();
  const run = spawnSync(file, all, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  // Both end with 1 where they found something; anything else is a failure.
  if (run.status !== 0 && run.status !== 1)
    throw new Error(`${command} ended with ${run.status}: ${run.stderr}`);
  const [peak, user, system] = timed ? run.stderr.trim().split('\n').pop()!.split(' ').map(Number) : [];
  return { seconds, peakMiB: (peak ?? NaN) / 1024, cpu: (user ?? NaN) + (system ?? NaN) };
}

/** The run whose time on the clock is the middle one. */
function middle(runs: readonly Run[]): Run {
  return median(runs) as Run;
}

function columnsOf(who: string): string[] {
  return [who, 'CPU', 'memory'];
}

function cells({ seconds, cpu, peakMiB }: Run): string[] {
  const shown = (value: number, digits: number, unit: string): string =>
    Number.isNaN(value) ? '-' : `${value.toFixed(digits)} ${unit}`;
  return [shown(seconds, 2, 's'), shown(cpu, 2, 's'), shown(peakMiB, 0, 'MiB')];
}

function write(folder: string, name: string, parts: Iterable<string>): string {
  const path = join(folder, name);
  writeFileSync(path, [...parts].join('---\n'));
  return path;
}

/** Documents of each kind in turn: the first of each, the second of each, and so on. */
function documents(count: number, makers = [deployment, service, configMap]): string[] {
  return Array.from({ length: count }, (_, index) =>
    makers[index % makers.length]!(Math.floor(index / makers.length)),
  );
}

function deployment(index: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: app-${index}
  template:
    metadata:
      labels:
        app: app-${index}
    spec:
      containers:
        - name: app
          image: registry.example/app:${index}
          ports:
            - containerPort: 8080
          securityContext:
            runAsNonRoot: true
`;
}

/** All select the first Deployment: kube-score looks for the pods of each Service, and this is where it finds them soonest. */
function service(index: number): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: app-${index}
  namespace: shop
spec:
  selector:
    app: app-0
  ports:
    - port: 80
      targetPort: 8080
`;
}

function configMap(index: number): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: app-${index}
  namespace: shop
data:
  key: value-${index}
`;
}
