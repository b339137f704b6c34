import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { readNetwork as networkFrom } from '../constructs/network/read-network';
import { PropsCheck } from '../constructs/validation';
import { KeelsonError, type ClusterNetwork } from '../model';
import { zod } from '../model/zod';
import type { ForeignPods } from '../reachability';

/** What a file says of a cluster. */
export interface ToldNetwork {
  readonly network: ClusterNetwork;
  /** Pods that others deploy. */
  readonly foreign: readonly ForeignPods[];
}

/**
 * Reads a file that says what a cluster's network is: YAML in the shape of `ClusterNetwork`, and beside it `foreign`, a list of
 * `ForeignPods`.
 *
 * @throws KeelsonError where it cannot be read or `foreign` is no such list (`config/invalid`), or naming every field of the
 *   network that is wrong (`construct/invalid`)
 */
export function readNetwork(file: string): ToldNetwork {
  const told = content(file) ?? {};
  const { foreign, ...network } = told as Readonly<Record<string, unknown>>;
  return {
    network: readNetworkFacts(typeof told === 'object' && !Array.isArray(told) ? network : told, file),
    foreign: readForeign(foreign ?? [], file),
  };
}

function readForeign(foreign: unknown, file: string): readonly ForeignPods[] {
  const z = zod();
  const one = z.strictObject({
    namespace: z.string().min(1),
    labels: z
      .record(z.string(), z.string())
      .refine((labels) => Object.keys(labels).length > 0, 'No label is given, which would mean every pod'),
  });
  const read = z.array(one).safeParse(foreign);
  if (read.success) return read.data;
  throw new KeelsonError(
    read.error.issues.map(({ path, message }) => ({
      code: 'config/invalid',
      where: `${file}: foreign${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')}`,
      message: `${message}.`,
      fix: 'Give each as { namespace, labels }, with the labels that these pods have and others do not.',
    })),
  );
}

/**
 * Reads what a cluster's network is from data: what is no range would silently be none.
 *
 * @throws KeelsonError (`construct/invalid`) naming every field that is wrong
 */
export function readNetworkFacts(facts: unknown, where: string): ClusterNetwork {
  const check = new PropsCheck({ node: { path: where } });
  const network = networkFrom(check, facts as ClusterNetwork);
  check.done();
  return network;
}

function content(file: string): unknown {
  try {
    return load(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new KeelsonError(
      {
        code: 'config/invalid',
        where: file,
        message: `The network cannot be read: ${(error as Error).message.split('\n')[0]}.`,
        fix: 'Give a YAML file as docs/network.md shows it.',
      },
      { cause: error },
    );
  }
}
