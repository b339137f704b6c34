import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of keelson's package.json. It is looked for upwards from here, because this file runs both from its
 * source and from `lib/`, and `toolchain/modules` is shipped at the package's root only.
 */
export function packageRoot(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (
      existsSync(file) &&
      (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'keelson'
    ) {
      return folder;
    }
    if (folder === dirname(folder)) throw new Error(`no package.json of keelson above ${from}`);
  }
}

/** The folder of the Go modules that the tools are built from. */
export function modulesFolder(): string {
  return join(packageRoot(), 'toolchain', 'modules');
}
