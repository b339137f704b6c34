import { z } from 'zod';
import { KeelsonError } from '../../model';
import { digestOf } from '../machine/file-list';
import type { Machine } from '../machine/machine';
import type { Kind } from './kind';

const schema = z.looseObject({
  /** The table, for example `inet keelson`. */
  table: z.string().regex(/^(inet|ip|ip6) [a-z][a-z0-9_]*$/),
  /** The whole ruleset, which replaces its table in one transaction. */
  ruleset: z.string(),
});

/** How long a machine waits for the proof that it can still be reached, before it takes new rules back. */
const PROOF_SECONDS = 40;

const ROLLBACK = 'keelson-firewall-rollback';

/**
 * The rules of a firewall as the kernel has them. After they were loaded, what the kernel lists is kept as a digest: a rule that
 * somebody adds, takes away or flushes is seen. Rules that lock out who loads them are taken back by the machine itself: a new
 * connection has to prove that they do not.
 */
export const firewall: Kind<z.infer<typeof schema>> = {
  schema,
  outputs: ['loaded', 'rules'],

  drifted: ({ rules, loaded }) => (rules === loaded ? [] : ['rules']),

  apply: async ({ table, ruleset }, { machine, progress }) => {
    await machine.run('reading the rules of the firewall', 'nft --check -f -', { input: ruleset });
    progress('loading the rules');
    await machine.run(
      'loading the firewall',
      `mkdir -p -m 0700 /run/keelson || exit 1
{ echo 'table ${table}'; echo 'delete table ${table}'; nft list table ${table} 2>/dev/null; } > /run/keelson/firewall.before
systemctl stop ${ROLLBACK}.timer ${ROLLBACK}.service 2>/dev/null
systemd-run --quiet --collect --unit=${ROLLBACK} --on-active=${PROOF_SECONDS} nft -f /run/keelson/firewall.before || exit 1
nft -f - || { systemctl stop ${ROLLBACK}.timer; exit 1; }`,
      { input: ruleset },
    );
    try {
      await machine.reconnect();
    } catch (error) {
      const [problem] = error instanceof KeelsonError ? error.problems : [];
      throw machine.problem(
        'node/locked-out',
        `With the new rules no connection comes through (${problem?.message ?? String(error)}); the machine takes them back within ${PROOF_SECONDS} s.`,
        'Add the address from which you connect to the administrators of the cluster.',
      );
    }
    await machine.run(
      'keeping the firewall',
      `systemctl stop ${ROLLBACK}.timer; rm -f /run/keelson/firewall.before`,
    );
    const rules = await listed(machine, table);
    return { loaded: rules, rules };
  },

  read: async (kept, { machine }) => {
    const rules = await listed(machine, kept.table);
    return rules === undefined ? undefined : { ...kept, rules };
  },

  remove: async ({ table }, { machine }) => {
    await machine.run('taking the firewall away', `nft delete table ${table} 2>/dev/null || :`);
  },
};

async function listed(machine: Machine, table: string): Promise<string | undefined> {
  const { status, stdout } = await machine.try(`nft --stateless list table ${table}`);
  return status === 0 ? digestOf(stdout) : undefined;
}
