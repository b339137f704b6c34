import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, mkdir, realpath } from 'node:fs/promises';
import { stringify } from 'yaml';
import {
  COMPONENT_NAMES,
  ControlPlane,
  commandLine,
  fillSecrets,
  type Component,
  type ComponentName,
  type ControlPlaneLayout,
  type ControlPlanePorts,
  type ControlPlaneProps,
  type CryptographyName,
} from '../constructs/control-plane';
import { throwIfAny, type Problem } from '../model';
import { ensurePki, readIfThere, writeFileAtomic, type Pki } from '../pki';
import type { LocalTools } from './control-plane';
import { KeyRing, type KmsPlugin } from './encryption-keys';
import { localLayout } from './layout';

/** A component, ready to be started. */
export interface PreparedComponent {
  readonly name: ComponentName;
  readonly executable: string;
  readonly args: readonly string[];
  /** Variables of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Changes whenever the component has to be restarted: other executable, flags, files or certificates. */
  readonly digest: string;
}

/** A control plane whose files are all written. */
export interface PreparedControlPlane {
  readonly cryptography: CryptographyName;
  readonly layout: ControlPlaneLayout;
  readonly components: Readonly<Record<ComponentName, PreparedComponent>>;
  readonly pki: Pki;
  /** Values that must not appear in any message. Secret. */
  readonly secrets: readonly string[];
}

/**
 * The executables with links resolved.
 * @throws KeelsonError `tool/missing` naming every one that is not there or may not be run
 */
export async function resolveExecutables(tools: LocalTools): Promise<LocalTools> {
  const problems: Problem[] = [];
  const found = new Map<ComponentName, string>();
  for (const name of COMPONENT_NAMES) {
    try {
      await access(tools[name], constants.X_OK);
      found.set(name, await realpath(tools[name]));
    } catch {
      problems.push({
        code: 'tool/missing',
        where: name,
        message: `${tools[name]} is not there, or may not be executed.`,
        fix: 'Run `keelson tools` to find or make it.',
      });
    }
  }
  throwIfAny(problems);
  return Object.fromEntries(found) as unknown as LocalTools;
}

/** What a local control plane is asked for beyond its defaults. Layout and keys are its own. */
export interface LocalSettings {
  /**
   * Issuers, audit rules, admission and the like, as on a node.
   * @default - nothing is added
   */
  readonly controlPlane?: Pick<
    ControlPlaneProps,
    'authentication' | 'authorization' | 'audit' | 'admission' | 'serverNames' | 'cryptography'
  >;
  /**
   * Values of the references in these settings, by their id. Secret; they are written to files of mode 0600 and nowhere else.
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * A plugin that keeps the keys for encryption at rest; it counts at the first start.
   * @default - keys are made, and kept in the state folder
   */
  readonly kms?: KmsPlugin;
}

/** Writes everything the components read: folders, keys, certificates, kubeconfigs and configuration files. */
export async function prepare(
  stateDir: string,
  ports: ControlPlanePorts,
  tools: LocalTools,
  fresh: boolean,
  { controlPlane: added, secrets = {}, kms }: LocalSettings = {},
): Promise<PreparedControlPlane> {
  const layout = localLayout(stateDir, ports);
  const cryptography = added?.cryptography ?? 'modern';
  const method = cryptography === 'fips' ? 'aesgcm' : 'secretbox';
  const keys = await KeyRing.open(stateDir, fresh ? { method, kms } : undefined);
  const controlPlane = new ControlPlane({
    ...added,
    layout,
    encryption: { keys: keys.keys },
    endpointReconciler: 'none',
    leaderElection: false,
  });
  for (const folder of [
    layout.certificates,
    layout.configuration,
    layout.kubeconfigs,
    layout.etcdData,
    layout.logs,
  ]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  }
  const { pki } = await ensurePki(layout, controlPlane.pki, new Date());
  for (const { path, content } of controlPlane.components.flatMap(({ files }) => files)) {
    const text = stringify(fillSecrets(content, (id) => secrets[id] ?? keys.value(id)));
    if ((await readIfThere(path)) !== text) await writeFileAtomic(path, text);
  }
  return {
    cryptography,
    layout,
    components: Object.fromEntries(
      controlPlane.components.map((component) => [
        component.name,
        prepareComponent(component, tools[component.name], pki),
      ]),
    ) as unknown as PreparedControlPlane['components'],
    pki,
    secrets: [...keys.values, ...Object.values(secrets)],
  };
}

function prepareComponent(component: Component, executable: string, pki: Pki): PreparedComponent {
  const args = commandLine(component.settings);
  const { environment } = component;
  // What it takes by itself when it changes is no reason to restart it.
  const files = component.files.filter(({ reloaded }) => reloaded !== true);
  const certificates = [...pki].map(([name, pair]) => [name, pair.publicKey, pair.certificate]);
  const digest = createHash('sha256')
    .update(JSON.stringify([executable, args, environment, files, certificates]))
    .digest('hex');
  return { name: component.name, executable, args, environment, digest };
}
