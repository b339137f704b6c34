import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { KeelsonError, type Waiver } from '../model';
import { parseWaivers } from '../policies/enforce/waiver-list';

/**
 * Reads a file with waivers.
 *
 * @throws KeelsonError (`waiver/invalid`) where it cannot be read, or names every entry and field that is wrong
 */
export function readWaivers(file: string): readonly Waiver[] {
  return parseWaivers(content(file), file);
}

function content(file: string): unknown {
  try {
    return load(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new KeelsonError(
      {
        code: 'waiver/invalid',
        where: file,
        message: `The waivers cannot be read: ${(error as Error).message.split('\n')[0]}.`,
        fix: 'Give a YAML file with a list of waivers (docs/waivers.md).',
      },
      { cause: error },
    );
  }
}
