import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { KeelsonError, type ClusterNetwork } from '../model';

/**
 * Reads a file that says what a cluster's network is: YAML in the shape of `ClusterNetwork`.
 *
 * @throws KeelsonError (`config/invalid`) where it cannot be read, or names every field that is wrong
 */
export function readNetwork(file: string): ClusterNetwork {
  return content(file) as ClusterNetwork;
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
