import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { readNetwork as networkFrom } from '../constructs/network/read-network';
import { PropsCheck } from '../constructs/validation';
import { KeelsonError, type ClusterNetwork } from '../model';

/**
 * Reads a file that says what a cluster's network is: YAML in the shape of `ClusterNetwork`.
 *
 * @throws KeelsonError where it cannot be read (`config/invalid`), or naming every field that is wrong (`construct/invalid`)
 */
export function readNetwork(file: string): ClusterNetwork {
  return readNetworkFacts(content(file) ?? {}, file);
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
