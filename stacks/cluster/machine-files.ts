import * as pulumi from '@pulumi/pulumi';
import type { ClusterMachine, SelfManagedCluster } from '../../constructs';
import { DISCOVERY_FILE } from '../../constructs/cluster/kubeadm-documents';
import { KUBEADM_FILE } from '../../constructs/cluster/node-layout';
import { fillSecrets } from '../../constructs/control-plane';
import { SecretReference, textOf, type NodeEntry, type NodeFile } from '../../constructs/node';
import type { NodeFilesArgs } from '../../provider';

/** Values of secrets, by the names of the references that stand for them. */
export type SecretTexts = pulumi.Output<Readonly<Record<string, string>>>;

/** Everything that is written to a machine but what kubeadm's own resource writes: its document, and how a join finds the cluster. */
export function entriesOf(cluster: SelfManagedCluster, machine: ClusterMachine): readonly NodeEntry[] {
  return [...cluster.nodeOf(machine.role).entries, ...cluster.machineFiles(machine)].filter(
    ({ path }) => path !== KUBEADM_FILE && path !== DISCOVERY_FILE,
  );
}

/** kubeadm's documents for a machine, with a text in the place of the token. */
export function kubeadmDocument(cluster: SelfManagedCluster, machine: ClusterMachine, token: string): string {
  const entry = cluster.machineFiles(machine).find(({ path }) => path === KUBEADM_FILE) as NodeFile;
  return textOf(fillSecrets(entry.content, () => token) as NodeFile['content']);
}

/** kubeadm's document with which a machine joins, whichever it is. */
export function joinDocument(cluster: SelfManagedCluster, machine: ClusterMachine, token: string): string {
  return textOf(fillSecrets(cluster.joinDocument(machine), () => token) as NodeFile['content']);
}

/** The names of all secrets in entries, each once. */
export function secretsIn(entries: readonly NodeEntry[]): readonly string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (value instanceof SecretReference) names.add(value.id);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  for (const entry of entries) if (entry.kind === 'file') visit(entry.content);
  return [...names];
}

/** Entries as the provider takes them: by path, secrets filled in. What holds a secret is one as a whole. */
export function resourceFiles(entries: readonly NodeEntry[], secrets: SecretTexts): NodeFilesArgs['files'] {
  return Object.fromEntries(
    entries.map((entry) => {
      const { kind, path, owner, group } = entry;
      const access = { kind, owner, group, mode: `0${entry.mode.toString(8).padStart(3, '0')}` };
      return [path, entry.kind === 'file' ? { ...access, content: contentOf(entry, secrets) } : access];
    }),
  );
}

function contentOf(entry: NodeFile, secrets: SecretTexts): pulumi.Input<string> {
  if (secretsIn([entry]).length === 0) return textOf(entry.content);
  return pulumi.secret(
    secrets.apply((values) =>
      textOf(fillSecrets(entry.content, (name) => values[name]!) as NodeFile['content']),
    ),
  );
}
