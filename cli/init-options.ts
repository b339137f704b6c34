import { basename, resolve } from 'node:path';
import { isDnsLabel } from '../constructs/validation';
import { throwIfAny, type Problem } from '../model';

/** `keelson init` as it was typed. */
export interface InitFlags {
  /** @default - the folder's own name */
  readonly name?: string;
  /** @default - where this keelson was installed from */
  readonly keelson?: string;
}

/** `keelson init`, understood. */
export interface InitOptions {
  /** Absolute path of the new project. */
  readonly folder: string;
  /** Name of the project, its npm package and its namespace. */
  readonly name: string;
  /** How npm finds keelson. @default - where this keelson was installed from */
  readonly keelson?: string;
}

/** Packages that the project imports: npm installs none of them into a package of the same name. */
const TAKEN = ['cdk8s', 'cdk8s-plus-27', 'constructs', 'keelson', 'tsx', 'typescript'];

/**
 * Understands a command line.
 *
 * @param cwd the folder that paths are relative to
 * @throws KeelsonError (`cli/usage`) naming every option that is not valid
 */
export function initOptions(folder: string, flags: InitFlags, cwd: string): InitOptions {
  const path = resolve(cwd, folder);
  const name = flags.name ?? basename(path);
  const problems: Problem[] = [...nameProblems(name, flags.name === undefined ? path : '--name')];
  if (flags.keelson !== undefined && !/^[\x20-\x7e]+$/.test(flags.keelson.trim()))
    problems.push({
      code: 'cli/usage',
      where: '--keelson',
      message: 'It is empty, or has characters that no package is named by.',
      fix: 'Give a tarball, a version range or an address that `npm install` takes.',
    });
  throwIfAny(problems);
  return { folder: path, name, ...(flags.keelson === undefined ? {} : { keelson: flags.keelson.trim() }) };
}

/** The name stands for an npm package, a Pulumi project and a namespace: a DNS label suits all three. */
function nameProblems(name: string, where: string): readonly Problem[] {
  const problem = (message: string, fix: string): readonly Problem[] => [
    { code: 'cli/usage', where, message, fix },
  ];
  if (!isDnsLabel(name))
    return problem(
      `"${name}" cannot name an npm package and a namespace.`,
      'Give --name with lower case letters, digits and dashes, at most 63, a letter or digit at both ends.',
    );
  if (TAKEN.includes(name))
    return problem(`"${name}" is a package that the project needs.`, 'Give another --name.');
  if (name === 'default' || name.startsWith('kube-'))
    return problem(`"${name}" is a namespace of Kubernetes itself.`, 'Give another --name.');
  return [];
}
