import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';
import { Ip, KeelsonError, throwIfAny, type Problem } from '../../model';
import type { DeclaredMachine } from '../../pki';

const MACHINE = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'This is no name of a node'),
  addresses: z.array(z.string().refine(isAddress, 'This is neither an IP address nor a DNS name')).min(1),
});
const MACHINES = z.array(MACHINE).min(1);

/**
 * Reads which machines a cluster has: YAML or JSON, a list of `{ name, addresses }`.
 *
 * @throws KeelsonError (`config/invalid`) with everything that is wrong, each with its place
 */
export function readMachines(file: string): readonly DeclaredMachine[] {
  const read = MACHINES.safeParse(contentOf(file));
  if (!read.success)
    throw new KeelsonError(
      read.error.issues.map(({ path, message }) => problem(`${file}: ${placeOf(path)}`, `${message}.`)),
    );
  const names = read.data.map(({ name }) => name);
  throwIfAny(
    names.flatMap((name, index) =>
      names.indexOf(name) === index ? [] : [problem(`${file}: [${index}]`, `${name} is declared twice.`)],
    ),
  );
  return read.data;
}

function contentOf(file: string): unknown {
  try {
    return load(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new KeelsonError(
      problem(file, `It cannot be read (${(error as NodeJS.ErrnoException).code ?? 'it is no YAML'}).`),
    );
  }
}

/** An IP address, or a DNS name without a wildcard that cannot be taken for one. */
function isAddress(text: string): boolean {
  return (
    Ip.parse(text) !== undefined ||
    (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text) && /[a-z]/.test(text))
  );
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('') || 'the file';
}

function problem(where: string, message: string): Problem {
  const fix = 'Give a list of { name, addresses }: the name of each node, and its IP addresses.';
  return { code: 'config/invalid', where, message, fix };
}
