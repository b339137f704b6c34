import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack, UpResult } from '@pulumi/pulumi/automation';
import { bootMachines, type TestMachines } from '../../machines/machines';
import type { TestMachine } from '../../machines/machine';
import { startMirror, type Mirror } from '../../machines/mirror';
import { resolveTools } from '../../../toolchain';
import { clusterArtifacts, type ClusterArtifacts } from './artifacts';
import { testCluster, type TestClusterOptions } from './cluster';
import { clusterWithReference } from './reference';
import { testStack } from './stack';

/** A cluster that a test provisioned: machines, mirror, stack. */
export interface Provisioned {
  readonly booted: TestMachines;
  readonly machines: readonly TestMachine[];
  readonly artifacts: ClusterArtifacts;
  readonly mirror: Mirror;
  readonly stack: Stack;
  /** What the program is given; asked for anew at each run, as host keys may change. */
  readonly options: () => TestClusterOptions;
  /** Everything that Pulumi printed. */
  readonly output: string[];
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  up(): Promise<UpResult>;
  kubectl(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Options of {@link prepareCluster}. */
export interface PrepareOptions {
  /** Where the API is reached. @default - at the first machine */
  readonly endpoint?: (gateway: string) => string;
  /** Whether the reference stack is in it. @default true */
  readonly reference?: boolean;
}

/** Boots machines, and prepares the stack that makes them a cluster, with the reference stack on it; nothing is provisioned yet. */
export async function prepareCluster(
  names: readonly string[],
  { endpoint, reference = true }: PrepareOptions = {},
): Promise<Provisioned> {
  const artifacts = await clusterArtifacts();
  const booted = await bootMachines(names);
  const { machines, gateway, privateKeyFile, folder } = booted;
  const mirror = await startMirror(gateway, [
    ...artifacts.images,
    artifacts.networkPlugin,
    ...Object.values(artifacts.shop),
  ]);
  const options = (): TestClusterOptions => ({
    machines,
    gateway,
    privateKeyFile,
    mirror,
    ...artifacts,
    ...(endpoint === undefined ? {} : { endpoint: endpoint(gateway) }),
  });
  const stack = await testStack(join(folder, 'stack'), async () => {
    const { kubeconfig } = reference
      ? clusterWithReference(options(), artifacts).cluster
      : testCluster(options());
    return { kubeconfig };
  });
  const output: string[] = [];
  const kubeconfig = join(folder, 'kubeconfig');
  const { kubectl } = await resolveTools(['kubectl']);
  return {
    ...{ booted, machines, artifacts, mirror, stack, options, output, kubeconfig },
    up: async () => {
      const result = await stack.up({ onOutput: (text) => output.push(text) });
      writeFileSync(kubeconfig, result.outputs.kubeconfig!.value as string, { mode: 0o600 });
      return result;
    },
    kubectl: (...args) => command(kubectl.path, ['--kubeconfig', kubeconfig, ...args]),
    stop: async () => {
      await mirror.stop();
      await booted.stop();
    },
  };
}

/** Runs a program and gives what it prints. */
export function command(program: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(program, args, { timeout: 300_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString('utf8')));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(stdout)
        : reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`)),
    );
  });
}
