/** `npm run bench`: keelson and its peers side by side, in one run on one machine. What counts are the ratios. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalControlPlane, stopLocalControlPlane } from '../local';
import { resolveTools, TOOL_NAMES } from '../toolchain';
import { benchCheck } from './check-case';
import { inOwnProcess, median, tableHead, tableRow, type Measurement } from './measure';

/** Synthesis is measured three times and the middle one counts; provisioning takes minutes and is measured once. */
const RUNS = { synth: 3, reach: 3, bridge: 1 } as const;

function row(count: number, ours: Measurement, theirs: Measurement): string[] {
  return [
    String(count),
    `${ours.seconds.toFixed(2)} s`,
    `${theirs.seconds.toFixed(2)} s`,
    (ours.seconds / theirs.seconds).toFixed(2),
    `${ours.peakMiB.toFixed(0)} MiB`,
    `${theirs.peakMiB.toFixed(0)} MiB`,
  ];
}

/** Prints the table row by row, so that an interrupted run has not measured for nothing. */
function compare(
  runs: number,
  script: string,
  counts: readonly number[],
  peers: readonly [string, string],
  what = 'objects',
  ...args: string[]
): void {
  console.log(tableHead([what, peers[0], peers[1], 'ratio', `memory ${peers[0]}`, `memory ${peers[1]}`]));
  for (const count of counts) {
    // The peers take turns, so that a change of the machine's mood meets both.
    const pairs = Array.from({ length: runs }, () =>
      peers.map((peer) => inOwnProcess(script, peer, String(count), ...args)),
    );
    console.log(
      tableRow(row(count, median(pairs.map((pair) => pair[0]!)), median(pairs.map((pair) => pair[1]!)))),
    );
  }
}

function synth(): void {
  console.log(
    'Synthesis of N hardened Deployments with Services, policies included, against bare cdk8s-plus:\n',
  );
  compare(RUNS.synth, 'bench/synth-case.ts', [100, 1000, 3000], ['keelson', 'bare']);
  console.log('\nGrowth, in objects (four for each Deployment):\n');
  console.log(tableHead(['objects', 'time', 'memory', 'times as long']));
  let first: number | undefined;
  for (const objects of [1000, 10_000]) {
    const runs = Array.from({ length: RUNS.synth }, () =>
      inOwnProcess('bench/synth-case.ts', 'keelson', String(objects / 4)),
    );
    const { seconds, peakMiB } = median(runs);
    first ??= seconds;
    const times = (seconds / first).toFixed(1);
    console.log(tableRow([String(objects), `${seconds.toFixed(2)} s`, `${peakMiB.toFixed(0)} MiB`, times]));
  }
}

async function bridge(): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const tools = await resolveTools(TOOL_NAMES);
  const paths = Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, tool.path])) as never;
  await startLocalControlPlane({ stateDir: join(stateDir, 'control-plane'), tools: paths });
  try {
    console.log('`pulumi up` of N ConfigMaps on a real API server, against yaml.v2.ConfigGroup:\n');
    compare(
      RUNS.bridge,
      'bench/bridge-case.ts',
      [200, 500, 1000],
      ['keelson', 'ConfigGroup'],
      'objects',
      stateDir,
    );
  } finally {
    // The objects go with the control plane: to destroy a thousand of them takes longer than what is measured.
    await stopLocalControlPlane(join(stateDir, 'control-plane'), { remove: true });
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function check(): void {
  console.log('`keelson check`, whole process from cold, against kube-score on the same file:\n');
  benchCheck();
}

function reach(): void {
  console.log(
    'What can reach what among N workloads with 3 N connections, and what is wrong with it (keelson), against a packet to one port of each pair (cyclonus):\n',
  );
  compare(RUNS.reach, 'bench/reach-case.ts', [50, 100, 200], ['keelson', 'cyclonus'], 'workloads');
  console.log('\nGrowth of keelson alone:\n');
  console.log(tableHead(['workloads', 'connections', 'time', 'memory']));
  for (const workloads of [250, 1000, 4000]) {
    const { seconds, peakMiB } = median(
      Array.from({ length: RUNS.reach }, () =>
        inOwnProcess('bench/reach-case.ts', 'keelson', String(workloads)),
      ),
    );
    console.log(
      tableRow([
        String(workloads),
        String(3 * workloads),
        `${seconds.toFixed(2)} s`,
        `${peakMiB.toFixed(0)} MiB`,
      ]),
    );
  }
}

function access(): void {
  console.log(
    'Who may do what by N roles and N bindings, every way to cluster-admin, and 10,000 questions:\n',
  );
  console.log(tableHead(['roles', 'time', 'memory', 'times as long']));
  let first: number | undefined;
  for (const roles of [1000, 10_000]) {
    const runs = Array.from({ length: RUNS.reach }, () =>
      inOwnProcess('bench/access-case.ts', 'keelson', String(roles)),
    );
    const { seconds, peakMiB } = median(runs);
    first ??= seconds;
    const times = (seconds / first).toFixed(1);
    console.log(tableRow([String(roles), `${seconds.toFixed(2)} s`, `${peakMiB.toFixed(0)} MiB`, times]));
  }
}

const SECTIONS: Readonly<Record<string, () => void | Promise<void>>> = {
  synth,
  check,
  reach,
  access,
  bridge,
};

/** Runs the sections that are named, or all: `npm run bench -- check`. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(SECTIONS, name));
  if (unknown.length > 0) {
    console.error(`There is no section ${unknown.join(', ')}. Use: ${Object.keys(SECTIONS).join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  for (const name of names.length === 0 ? Object.keys(SECTIONS) : names) {
    await SECTIONS[name]!();
    console.log('');
  }
}

void main(process.argv.slice(2));
