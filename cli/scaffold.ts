import { relative, resolve } from 'node:path';

/** What a template is filled with. */
export interface ProjectValues {
  readonly name: string;
  /** How npm finds keelson, as it is written to package.json. */
  readonly keelson: string;
}

const DESCRIPTION = 'A hardened Kubernetes application';

/**
 * The files of a new project, by name. A template is one of `pulumi new`: `${PROJECT}` and `${DESCRIPTION}` stand in texts and
 * names. That is how `.gitignore` comes along: under its own name npm would not pack it.
 *
 * @param template the files of the template, by name
 */
export function projectFiles(
  template: ReadonlyMap<string, string>,
  { name, keelson }: ProjectValues,
): ReadonlyMap<string, string> {
  const fill = (text: string, description: string): string =>
    text.replaceAll('${PROJECT}', name).replaceAll('${DESCRIPTION}', description);
  return new Map(
    [...template].map(([file, text]) => [fill(file, ''), fill(adapt(file, text, keelson), DESCRIPTION)]),
  );
}

function adapt(file: string, text: string, keelson: string): string {
  if (file === 'package.json')
    return text.replace(/("keelson": )"[^"]*"/, (_, key) => key + JSON.stringify(keelson));
  // `pulumi new` takes this part out, too. It stands last.
  if (file === 'Pulumi.yaml') return text.slice(0, text.search(/^template:$/m));
  return text;
}

/**
 * A specification as it has to stand in the package.json of a folder: the path of a tarball relative to it, everything else as
 * it is.
 *
 * @param cwd the folder that the path is relative to now
 */
export function dependencyFor(folder: string, spec: string, cwd: string): string {
  const path = tarballOf(spec);
  return path === undefined ? spec : `file:${relative(folder, resolve(cwd, path))}`;
}

/** The path of a tarball that is a file here; undefined for everything else. */
export function tarballOf(spec: string): string | undefined {
  if (spec.startsWith('file:')) return spec.slice('file:'.length);
  return /\.(?:tgz|tar\.gz)$/.test(spec) && !/^[a-z+]+:/.test(spec) ? spec : undefined;
}
