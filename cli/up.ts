import { join, resolve } from 'node:path';
import type { UpResult } from '@pulumi/pulumi/automation';
import { ControlPlane, SecretReference, type Component } from '../constructs/control-plane';
import { startLocalControlPlane, stopLocalControlPlane, type LocalControlPlane } from '../local';
import { KeelsonError, type Evidence, type RecommendationId } from '../model';
import { CONTROLS, judgesAlone } from '../policies';
import { ApiClient, PROBES, readKubeconfig, runProbes, type HostAccess } from '../probes';
import { failedProbes, openEnds, traceability, traceTable } from '../report';
import {
  DIGEST_FILE,
  provision,
  REFERENCE_DEFAULTS,
  referenceStack,
  synthesize,
  type StackSettings,
  type SynthesizedApp,
} from '../stacks';
import { consoleProgress, resolveTools, TOOL_NAMES } from '../toolchain';
import { embeddedStack, tellEvent, type PulumiTools } from './embedded-stack';
import { StateFolder } from './state-folder';

/** Settings of `up`. */
export interface UpOptions {
  /** Folder for keys, data and state. */
  readonly stateDir: string;
  /** Folder for the YAML. */
  readonly outdir: string;
  /** Interrupts the run. */
  readonly signal: AbortSignal;
}

/**
 * The main job on the embedded default: tools, control plane, YAML, provisioning, probes and the table. Doing it again
 * changes nothing. A run that fails or is interrupted stops the control plane if it was the one that started it.
 *
 * @returns whether every probe that could look found its claim to hold
 */
export async function up(options: UpOptions): Promise<boolean> {
  const { signal } = options;
  const state = new StateFolder(options.stateDir);
  state.create();
  return state.exclusively(async () => {
    const rendered = await synthesize(referenceStack(REFERENCE_DEFAULTS, options.outdir).app);
    const tools = await resolveTools(TOOL_NAMES, { progress: consoleProgress(), signal });
    const controlPlane = await startLocalControlPlane({
      stateDir: state.controlPlane,
      tools: {
        etcd: tools.etcd.path,
        'kube-apiserver': tools['kube-apiserver'].path,
        'kube-controller-manager': tools['kube-controller-manager'].path,
        'kube-scheduler': tools['kube-scheduler'].path,
      },
      progress: say,
      signal,
    });
    try {
      const result = await provisionEmbedded(state, tools, controlPlane, signal);
      signal.throwIfAborted();
      const evidence = await prove(controlPlane, rendered);
      const rows = traceability({
        app: rendered,
        controlPlane: declaredBy(controlPlane),
        controls: CONTROLS.filter(judgesAlone),
        evidence,
      });
      console.log(`\n${traceTable(rows)}\n\nLeft open by the probes:\n${openEnds(rows)}\n`);
      console.log(summary(result, controlPlane, resolve(options.outdir), tools.kubectl.path));
      const failures = failedProbes(evidence);
      if (failures !== '') console.error(`\n${failures}`);
      return failures === '';
    } catch (error) {
      if (!controlPlane.alreadyRunning) await stopLocalControlPlane(state.controlPlane);
      throw error;
    }
  });
}

async function provisionEmbedded(
  state: StateFolder,
  tools: PulumiTools,
  controlPlane: LocalControlPlane,
  signal: AbortSignal,
): Promise<UpResult> {
  const settings: StackSettings = {
    kubeconfig: controlPlane.kubeconfig,
    waitForReady: false, // the embedded control plane has no nodes on which a pod could become ready
    reference: REFERENCE_DEFAULTS,
  };
  let refused: unknown;
  const stack = await embeddedStack(state, tools, async () => {
    try {
      return { ...provision(settings, { databasePassword: state.secret('database-password').value }) };
    } catch (error) {
      refused = error;
      throw error;
    }
  });
  say('provisioning the reference stack with Pulumi');
  try {
    return await stack.up({ signal, onEvent: tellEvent, refresh: true });
  } catch (error) {
    if (refused instanceof KeelsonError || signal.aborted) throw refused ?? error;
    throw new KeelsonError(
      {
        code: 'provision/failed',
        where: 'Pulumi',
        message: 'The stack could not be brought to its declared state; Pulumi says why above.',
        fix: 'Correct the cause and run `npm run up` again: it goes on where it stopped.',
      },
      { cause: error },
    );
  }
}

async function prove(
  controlPlane: LocalControlPlane,
  { reachability: declared, objects }: SynthesizedApp,
): Promise<readonly Evidence[]> {
  say('probing the live control plane');
  const client = new ApiClient(readKubeconfig(controlPlane.kubeconfig));
  try {
    const roles = objects
      .map(({ manifest }) => manifest)
      .filter(({ apiVersion }) => apiVersion === 'rbac.authorization.k8s.io/v1');
    return await runProbes(PROBES, { client, declared, roles, host: hostAccess(controlPlane) });
  } finally {
    client.close();
  }
}

/** What probes may use of a control plane that runs on this machine. */
export function hostAccess(controlPlane: LocalControlPlane): HostAccess {
  const { processes, etcd, auditLog, stateDir, kubeconfig } = controlPlane;
  const { clientCertificate: cert, clientKey: key } = readKubeconfig(kubeconfig);
  const components = componentsOf(controlPlane);
  return {
    etcd,
    auditLog,
    tlsPorts: {
      ...Object.fromEntries(processes.map(({ name, port }) => [name, `127.0.0.1:${port}`])),
      'etcd peer': `127.0.0.1:${controlPlane.ports.etcdPeer}`,
    },
    processes: processes.map(({ name, pid }) => ({
      name,
      pid,
      listeners: components
        .filter((component) => component.name === name)
        .flatMap(({ listeners }) => listeners.map(({ host, port }) => `${host}:${port}`)),
    })),
    etcdData: join(stateDir, 'etcd'),
    ...(cert === undefined || key === undefined ? {} : { clusterIdentity: { cert, key } }),
  };
}

/** The recommendations that the control plane's own settings and files apply. */
function declaredBy(controlPlane: LocalControlPlane): readonly RecommendationId[] {
  return componentsOf(controlPlane)
    .flatMap(({ settings, files }) => [...settings, ...files])
    .flatMap(({ recommendation }) => recommendation ?? []);
}

/** The components as they are declared, on their ports. Folders and keys are of no matter here. */
function componentsOf({ ports }: LocalControlPlane): readonly Component[] {
  const folder = '/';
  const layout = {
    host: '127.0.0.1',
    ports,
    certificates: folder,
    configuration: folder,
    kubeconfigs: folder,
    etcdData: folder,
    logs: folder,
  };
  const keys = [{ name: 'example', secret: new SecretReference('example') }];
  return new ControlPlane({ layout, encryption: { keys } }).components;
}

function summary(result: UpResult, controlPlane: LocalControlPlane, outdir: string, kubectl: string): string {
  const changes = Object.entries(result.summary.resourceChanges ?? {})
    .map(([operation, count]) => `${count} ${operation}`)
    .join(', ');
  return [
    `Provisioned:  ${changes}`,
    `API server:   ${controlPlane.endpoint}`,
    `YAML:         ${outdir} (with ${DIGEST_FILE})`,
    `Kubeconfig:   ${controlPlane.kubeconfig}`,
    `Look at it:   ${kubectl} --kubeconfig ${controlPlane.kubeconfig} -n ${result.outputs.namespace?.value} get all`,
    'Take it down: npm run down',
  ].join('\n');
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
