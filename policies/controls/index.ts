import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Control } from '../control';

/** Every control that keelson has, by id. A control is one file in the folder of its area; nothing else names it. */
export const CONTROLS: readonly Control[] = readdirSync(__dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((area) => controlsOf(join(__dirname, area.name)))
  .sort((a, b) => (a.id < b.id ? -1 : 1));

function controlsOf(area: string): readonly Control[] {
  return readdirSync(area)
    .filter((name) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => {
      // The files are found when the program starts, as TypeScript or as what it was compiled to.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const file = require(join(area, name)) as { readonly default: Control };
      return file.default;
    });
}
