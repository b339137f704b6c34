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
  const check = new PropsCheck({ node: { path: file } });
  const network = networkFrom(check, (content(file) ?? {}) as ClusterNetwork);
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
