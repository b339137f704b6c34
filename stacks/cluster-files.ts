import type { App } from 'cdk8s';
import { throwIfAny, type Problem } from '../model';
import { SelfManagedCluster, type ClusterMachine } from '../constructs';
import { renderEntries, SecretReference, type NodeEntry } from '../constructs/node';

/** Ending of the folder of a cluster: what reads manifests passes it over, since nothing in it is an object of the API. */
export const CLUSTER_FOLDER = '.cluster';

/**
 * The files of all clusters of an app, for review: by their path below the output folder.
 *
 * `roles/ROLE/` has what every machine of a role holds, as a tree, beside it the same for cloud-init and for Ignition;
 * `machines/NAME/` what only one machine holds. Each tree has a list of its entries with owner, mode and source. A secret is a
 * reference in the list and nowhere else.
 */
export function clusterFiles(app: App): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const clusters = SelfManagedCluster.allIn(app);
  throwIfAny(namesakes(clusters));
  for (const cluster of clusters) {
    // Not its path: the ids of what it is in may be anything, `..` too.
    const folder = `${cluster.node.id}${CLUSTER_FOLDER}`;
    for (const role of cluster.roles) {
      const node = cluster.nodeOf(role);
      addTree(files, `${folder}/roles/${role}`, node.entries);
      files.set(`${folder}/roles/${role}.cloud-init.yaml`, node.cloudInit());
      files.set(`${folder}/roles/${role}.ignition.json`, node.ignition());
    }
    for (const machine of cluster.machines)
      addTree(files, `${folder}/machines/${machine.name}`, cluster.machineFiles(machine), machine);
  }
  return files;
}

/** Two clusters of one name would be written into one folder. */
function namesakes(clusters: readonly SelfManagedCluster[]): readonly Problem[] {
  const ids = clusters.map(({ node }) => node.id);
  return clusters
    .filter(({ node }, index) => ids.indexOf(node.id) !== index)
    .map(({ node }) => ({
      code: 'construct/invalid',
      where: node.path,
      message: `Another cluster of the app is called '${node.id}', too.`,
      fix: 'Give each cluster a name of its own.',
    }));
}

function addTree(
  files: Map<string, string>,
  folder: string,
  entries: readonly NodeEntry[],
  machine?: ClusterMachine,
): void {
  files.set(`${folder}/entries.txt`, entryList(entries, machine));
  const shown = entries.filter(
    (entry) => entry.kind === 'file' && !(entry.content instanceof SecretReference),
  );
  for (const { path, text = '' } of renderEntries(shown)) files.set(`${folder}${path}`, text);
}

/** One line for each entry: mode, owner, what it is, path, and why. */
function entryList(entries: readonly NodeEntry[], machine?: ClusterMachine): string {
  const rows = entries.map((entry) => [
    entry.mode.toString(8).padStart(4, '0'),
    `${entry.owner}:${entry.group}`,
    entry.kind === 'file' && entry.content instanceof SecretReference ? 'secret' : entry.kind,
    entry.path,
    [entry.recommendation, ...(entry.cis ?? []).map((item) => `CIS ${item}`)].filter(Boolean).join(', '),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const head = machine === undefined ? [] : [`# ${machine.name}, ${machine.role}, ${machine.address}`];
  return [...head, ...rows.map(line), ''].join('\n');
}
