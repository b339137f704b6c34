import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PkiSpec } from '../../constructs/control-plane';
import { generatePki, type KeyPair } from '../../pki';
import type { Kind } from './kind';

const schema = z.looseObject({
  /** The name of the cluster: what all machines share is named after it. */
  cluster: z.string(),
  /** What each machine needs, by its name. */
  machines: z.record(
    z.string(),
    z.custom<PkiSpec>((value) => typeof value === 'object' && value !== null),
  ),
  /** Names of random keys, and how many bytes each has. */
  randomKeys: z.record(z.string(), z.int().min(16).max(64)),
});

/**
 * Keys and certificates of a cluster, made where the program runs and kept encrypted by Pulumi. What is good stays: a machine that is
 * added gets its own, and nothing else changes. Source: NET-4, NET-6, AUTH-2.
 */
export const certificates: Kind<z.infer<typeof schema>> = {
  schema,
  outputs: ['pairs', 'values', 'authority'],
  secrets: ['values', 'pairs'],

  apply: async ({ cluster, machines, randomKeys }, { progress }, before) => {
    progress('making keys and certificates');
    const had = (before?.pairs ?? {}) as Readonly<Record<string, KeyPair>>;
    const hadValues = (before?.values ?? {}) as Readonly<Record<string, string>>;
    const pairs: Record<string, KeyPair> = {};
    for (const [machine, spec] of Object.entries(machines)) {
      const shared = new Set([...spec.authorities.map(({ name }) => name), ...spec.signingKeys]);
      const keyOf = (name: string): string =>
        `${shared.has(name) ? cluster : `${cluster}/${machine}`}/${name}`;
      const names = [...shared, ...spec.leaves.map(({ name }) => name)];
      const existing = names.flatMap((name) => {
        const pair = pairs[keyOf(name)] ?? had[keyOf(name)];
        return pair === undefined ? [] : [[name, pair] as const];
      });
      const { pki } = await generatePki(spec, { now: new Date(), existing: new Map(existing) });
      for (const [name, pair] of pki) pairs[keyOf(name)] = pair;
    }
    const values: Record<string, string> = {};
    for (const [name, { privateKey, publicKey, certificate }] of Object.entries(pairs)) {
      values[`${name}.key`] = privateKey;
      values[`${name}.pub`] = publicKey;
      if (certificate !== undefined) values[`${name}.crt`] = certificate;
    }
    for (const [name, bytes] of Object.entries(randomKeys))
      values[name] = hadValues[name] ?? randomBytes(bytes).toString('base64');
    return { pairs, values, authority: pairs[`${cluster}/ca`]?.certificate ?? '' };
  },

  read: async (kept) => kept,
  remove: async () => undefined,
};
