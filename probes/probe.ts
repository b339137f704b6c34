import type { Evidence, Observation, RecommendationId, Verdict } from '../model';
import type { Manifest } from '../constructs';
import type { Reachability } from '../reachability';
import type { ApiClient } from './client/api-client';

/** Access to the control plane from beside it; only who runs it has this. */
export interface HostAccess {
  /** etcd's client endpoint with the identity that may read it. */
  readonly etcd: {
    readonly endpoint: string;
    readonly caFile: string;
    readonly certFile: string;
    readonly keyFile: string;
  };
  /** Path of the audit log. */
  readonly auditLog: string;
  /** Every TLS port of the control plane, as `127.0.0.1:6443`, by component. */
  readonly tlsPorts: Readonly<Record<string, string>>;
  /**
   * The processes of the control plane, and where each is declared to listen, as `127.0.0.1:6443`.
   * @default - they are not known
   */
  readonly processes?: readonly {
    readonly name: string;
    readonly pid: number;
    readonly listeners: readonly string[];
  }[];
  /**
   * A client certificate of the cluster's authority with its key, in PEM, which etcd must not take. Secret.
   * @default - there is none to try
   */
  readonly clusterIdentity?: { readonly cert: string; readonly key: string };
  /**
   * The folder of etcd's data.
   * @default - it is not known
   */
  readonly etcdData?: string;
}

/** What a probe may use. */
export interface ProbeContext {
  /** An administrator's access to the API. */
  readonly client: ApiClient;
  /**
   * What can reach what by what was declared, as synth computed it.
   *
   * @default - it is not known what was declared
   */
  readonly declared?: Reachability;
  /**
   * The roles and bindings that were declared, as synth wrote them.
   *
   * @default - it is not known what was declared
   */
  readonly roles?: readonly Manifest[];
  /** Absent on a cluster whose control plane somebody else runs. */
  readonly host?: HostAccess;
  /**
   * The ports of the control plane, where the probe runs on a host that must reach none of them.
   *
   * @default - the probe runs on a host that may reach some
   */
  readonly stranger?: {
    /**
     * The address of its own from which the probe connects.
     * @default - the system chooses
     */
    readonly from?: string;
    readonly ports: readonly { readonly name: string; readonly host: string; readonly port: number }[];
  };
}

/** What a probe saw, and whether the claim held. */
export interface ProbeResult {
  readonly verdict: Verdict;
  readonly observations: readonly Observation[];
}

/** An attack or check on a live cluster. A probe is one file below `probes/checks/`. */
export interface Probe {
  readonly id: string;
  /** The recommendations that it proves. */
  readonly recommendations: readonly RecommendationId[];
  /** What is proved where it holds, in one sentence. */
  readonly claim: string;
  /**
   * What the recommendation's own proof asks for beyond the claim.
   *
   * @default - nothing: the claim is all of it
   */
  readonly open?: string;
  /** Tries it. Leaves nothing behind. */
  run(context: ProbeContext): Promise<ProbeResult>;
}

/** Gives a probe's file its type. */
export function defineProbe(probe: Probe): Probe {
  return probe;
}

/** One attempt: what was seen, and whether it was as it should be. */
export interface Attempt extends Observation {
  readonly ok: boolean;
}

/** The result of several attempts: it holds where each was as it should be, and there was one. */
export function resultOf(attempts: readonly Attempt[]): ProbeResult {
  return {
    verdict: attempts.length > 0 && attempts.every(({ ok }) => ok) ? 'holds' : 'fails',
    observations: attempts.map(({ attempt, seen }) => ({ attempt, seen })),
  };
}

/** One result of several: it holds where each does. */
export function together(...results: readonly ProbeResult[]): ProbeResult {
  const verdicts = results.map(({ verdict }) => verdict);
  return {
    verdict: verdicts.includes('fails')
      ? 'fails'
      : verdicts.includes('unavailable')
        ? 'unavailable'
        : 'holds',
    observations: results.flatMap(({ observations }) => observations),
  };
}

/** The result of a probe that has no way to look. */
export function unavailable(why: string): ProbeResult {
  return { verdict: 'unavailable', observations: [{ attempt: 'none', seen: why }] };
}

/** Runs probes one after the other. One that breaks counts as failed: nothing was proved. */
export async function runProbes(
  probes: readonly Probe[],
  context: ProbeContext,
): Promise<readonly Evidence[]> {
  const evidence: Evidence[] = [];
  for (const probe of probes) {
    const { id, recommendations, claim, open } = probe;
    const result = await probe.run(context).catch((error: unknown): ProbeResult => ({
      verdict: 'fails',
      observations: [
        { attempt: 'running the probe', seen: error instanceof Error ? error.message : String(error) },
      ],
    }));
    evidence.push({ probe: id, recommendations, claim, ...(open === undefined ? {} : { open }), ...result });
  }
  return evidence;
}
