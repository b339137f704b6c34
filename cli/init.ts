import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { KeelsonError } from '../model';
import { packageRoot } from '../toolchain/package-root';
import { initOptions, type InitFlags, type InitOptions } from './init-options';
import { installedFrom } from './installed-from';
import { dependencyFor, projectFiles, tarballOf } from './scaffold';

/**
 * `keelson init`: writes a project that is ready to install, to synthesize and to test, and says how to go on.
 *
 * @throws KeelsonError where the command line is not valid, the folder is not empty, or it cannot be written
 */
export function init(folder: string, flags: InitFlags): void {
  const options = initOptions(folder, flags, process.cwd());
  const files = writeProject(options);
  const path = relative(process.cwd(), options.folder);
  const steps = [...(path === '' ? [] : [`cd ${path}`]), 'npm install', 'npm test', 'npm run synth'];
  console.log(
    [
      `Wrote ${options.name} (${files.join(', ')}).`,
      '',
      'Go on with:',
      ...steps.map((step) => `  ${step}`),
    ].join('\n'),
  );
}

/**
 * Writes a new project, all of it or nothing.
 *
 * @returns the names of its files
 * @throws KeelsonError (`init/folder`) where the folder is not empty or cannot be written, `cli/usage` where nothing says how
 *   npm finds keelson
 */
export function writeProject({ folder, name, keelson }: InitOptions): readonly string[] {
  refuseWhatIsThere(folder);
  const spec = dependencyFor(folder, keelson ?? ownSource(), process.cwd());
  refuseMissingTarball(folder, spec);
  const files = projectFiles(readTemplate(), { name, keelson: spec });
  writeAll(folder, files);
  return [...files.keys()].sort();
}

/** The template, which is shipped at the package's root only. */
function readTemplate(): ReadonlyMap<string, string> {
  const folder = join(packageRoot(), 'templates', 'application');
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

function ownSource(): string {
  const source = installedFrom(packageRoot());
  if (source !== undefined) return source;
  throw new KeelsonError({
    code: 'cli/usage',
    where: '--keelson',
    message: 'This keelson was not installed by npm, so that nothing says where the project gets it from.',
    fix: 'Give a tarball (`npm run package` makes one), a version range or an address.',
  });
}

function refuseMissingTarball(folder: string, spec: string): void {
  const path = tarballOf(spec);
  if (path === undefined || existsSync(resolve(folder, path))) return;
  throw new KeelsonError({
    code: 'cli/usage',
    where: '--keelson',
    message: `There is no ${resolve(folder, path)}.`,
    fix: 'Give the path of a tarball of keelson; `npm run package` makes one.',
  });
}

/** A repository that was begun is no content. */
function refuseWhatIsThere(folder: string): void {
  if (!existsSync(folder)) return;
  const found = statSync(folder).isDirectory()
    ? readdirSync(folder).filter((entry) => entry !== '.git')
    : ['no folder but a file'];
  if (found.length === 0) return;
  const more = found.length > 5 ? ` and ${found.length - 5} more` : '';
  throw new KeelsonError({
    code: 'init/folder',
    where: folder,
    message: `It holds ${found.sort().slice(0, 5).join(', ')}${more}.`,
    fix: 'Give a folder that is empty or not there yet.',
  });
}

/** Writes all files, or takes away again what it made. */
function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
  const written: string[] = [];
  let firstMade: string | undefined;
  try {
    firstMade = mkdirSync(folder, { recursive: true });
    for (const [name, text] of files) {
      const file = join(folder, name);
      // Whatever came there meanwhile is not overwritten, and not taken away.
      writeFileSync(file, '', { flag: 'wx' });
      written.push(file);
      writeFileSync(file, text);
    }
  } catch (error) {
    for (const file of written) rmSync(file, { force: true });
    removeMade(folder, firstMade);
    throw new KeelsonError(
      {
        code: 'init/folder',
        where: folder,
        message: `The project cannot be written (${(error as NodeJS.ErrnoException).code}).`,
        fix: 'Give a folder that you may write, on a disk with some space.',
      },
      { cause: error },
    );
  }
}

/** Removes the folders that were made for the project, from the innermost out, where nothing else is in them. */
function removeMade(folder: string, firstMade: string | undefined): void {
  if (firstMade === undefined) return;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) {
    if (readdirSync(made).length > 0) return;
    rmdirSync(made);
  }
}
