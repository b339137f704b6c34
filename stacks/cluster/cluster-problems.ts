import type { Problem } from '../../model';
import type { HardenedClusterArgs } from './hardened-cluster';
import { entriesOf, secretsIn } from './machine-files';

/** Machines that cannot be reached as it is said, or not be provisioned. */
export function accessProblems({ cluster, access }: HardenedClusterArgs): readonly Problem[] {
  const names = cluster.machines.map(({ name }) => name);
  return [
    ...names
      .filter((name) => access[name] === undefined)
      .map((name) =>
        problem(
          `access.${name}`,
          `How to reach the machine ${name} is not said.`,
          'Give at least its host key.',
        ),
      ),
    ...Object.keys(access)
      .filter((name) => !names.includes(name))
      .map((name) =>
        problem(
          `access.${name}`,
          `The cluster has no machine ${name}.`,
          'Correct the name, or leave it out.',
        ),
      ),
    ...cluster.machines
      .filter(({ role }) => role === 'etcd')
      .map(({ name }) =>
        problem(
          `cluster.${name}`,
          'Machines that run etcd alone are not provisioned yet.',
          'Leave `etcd` out: it runs beside each API server.',
        ),
      ),
  ];
}

/** Secrets without a value, and values that no file needs. */
export function secretProblems({ cluster, secrets = {} }: HardenedClusterArgs): readonly Problem[] {
  const keys = cluster.encryptionKeys.flatMap((key) => ('secret' in key ? [key.secret.id] : []));
  const own = new RegExp(`^${cluster.node.path.replace(/[^\w/-]/g, '\\$&')}/.*\\.(key|crt|pub)$`);
  const asked = new Set(cluster.machines.flatMap((machine) => secretsIn(entriesOf(cluster, machine))));
  const missing = [...asked].filter((name) => !(name in secrets) && !keys.includes(name) && !own.test(name));
  return [
    ...missing.map((name) => ({
      code: 'secret/missing' as const,
      where: `secrets["${name}"]`,
      message: 'A file of a machine needs this secret, and no value is given.',
      fix: 'Give it in `secrets`, as a secret of Pulumi.',
    })),
    ...Object.keys(secrets)
      .filter((name) => !asked.has(name))
      .map((name) => ({
        code: 'secret/missing' as const,
        where: `secrets["${name}"]`,
        message: 'No file of a machine needs a secret of that name.',
        fix: 'Correct the name, or leave it out.',
      })),
  ];
}

function problem(where: string, message: string, fix: string): Problem {
  return { code: 'construct/invalid', where, message, fix };
}
