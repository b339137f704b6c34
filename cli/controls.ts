import { KeelsonError } from '../model';
import type { Control } from '../policies/control';
import { CONTROLS } from '../policies/controls';
import { controlsConsole } from '../report/controls-console';
import { controlsJson } from '../report/controls-json';
import { write } from './print-report';

/**
 * `keelson controls`: prints the catalogue.
 *
 * @returns the exit code: 0, or 2 for an unknown format
 */
export async function controls(format: string, all: readonly Control[] = CONTROLS): Promise<number> {
  if (format !== 'console' && format !== 'json') {
    const problem = {
      code: 'cli/usage',
      where: '--format',
      message: `"${format}" is not one of its values.`,
      fix: 'Use one of: console, json.',
    } as const;
    console.error(new KeelsonError(problem).message);
    return 2;
  }
  const text = format === 'json' ? controlsJson(all) : controlsConsole(all);
  await write(process.stdout, `${text}\n`);
  return 0;
}
