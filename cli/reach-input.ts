import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KeelsonError, type ClusterNetwork, type Problem } from '../model';
import { readLiveNetwork } from '../probes/client/live-network';
import {
  parseReachability,
  REACHABILITY_FILE,
  type ForeignPods,
  type NetworkObject,
  type Reachability,
} from '../reachability';
import { STDIN } from './input/files';
import { readAllObjects } from './input/all-objects';
import { inCluster } from './input/live';
import { readText } from './input/text';
import { readNetwork, readNetworkFacts } from './read-network';

/** Everything that `keelson reach` judges, from files or from a cluster. */
export interface ReachInput {
  readonly objects: readonly NetworkObject[];
  readonly network: ClusterNetwork;
  readonly foreign: readonly ForeignPods[];
  readonly problems: readonly Problem[];
  /** Reachability data that was named in place of manifests. @default - objects are judged */
  readonly written?: Reachability;
}

/** Where input comes from. */
export interface ReachSource {
  readonly live: boolean;
  readonly kubeconfig?: string;
  readonly network?: string;
  /**
   * What the version was computed by that this one is compared with: what the cluster says itself would be another change.
   *
   * @default - what the cluster says counts
   */
  readonly facts?: ClusterNetwork;
}

/** Reads all that a command names. */
export async function reachInput(paths: readonly string[], source: ReachSource): Promise<ReachInput> {
  const told = source.network === undefined ? undefined : readNetwork(source.network);
  if (source.live) {
    const live = await inCluster(source.kubeconfig, process.env, readLiveNetwork);
    const network = told?.network ?? source.facts ?? live.network;
    return { ...live, network, foreign: told?.foreign ?? [] };
  }
  const written = paths.length === 1 ? reachabilityAt(paths[0]!) : undefined;
  if (written !== undefined && paths[0]!.endsWith('.json'))
    return { objects: [], network: {}, foreign: [], problems: [], written };
  return {
    ...(await readAllObjects(paths)),
    // What synth was told of the network stands beside what it wrote.
    network:
      told?.network ??
      (written === undefined ? (source.facts ?? {}) : readNetworkFacts(written.network, REACHABILITY_FILE)),
    foreign: [...(told?.foreign ?? []), ...(written?.foreign ?? [])],
  };
}

/** Reachability data: a file of it, or what synth wrote to a folder. */
function reachabilityAt(path: string): Reachability | undefined {
  if (path === STDIN || !existsSync(path)) return undefined;
  const file = statSync(path).isDirectory() ? join(path, REACHABILITY_FILE) : path;
  if (!file.endsWith('.json') || !existsSync(file)) return undefined;
  const content = readText(file);
  if ('problem' in content) throw new KeelsonError(content.problem);
  const value = parsed(content.text);
  const isData = (value as { format?: unknown } | undefined)?.format !== undefined;
  return isData || file !== path ? parseReachability(value, file) : undefined;
}

/** What is no JSON is for the reader of manifests to tell. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
