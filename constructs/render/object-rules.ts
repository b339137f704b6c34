import type { Problem } from '../../model';
import type { Manifest } from './after-render';

/**
 * What no rendered object may be, whatever a policy says: a Secret with its values in it, which would stand in the YAML
 * (NET-6), and a list, which would carry objects past every check that looks at one object.
 */
export function forbiddenObject(path: string, manifest: Manifest): readonly Problem[] {
  if (typeof manifest.apiVersion !== 'string' || typeof manifest.kind !== 'string') {
    return [
      {
        code: 'construct/invalid',
        where: path,
        message: 'Its apiVersion or its kind is no text, so that it is no object of Kubernetes.',
        fix: 'Give both as texts.',
      },
    ];
  }
  const problems: Problem[] = [];
  for (const field of ['data', 'stringData']) {
    if (manifest.kind !== 'Secret' || Object.keys((manifest[field] as object | undefined) ?? {}).length === 0)
      continue;
    problems.push({
      code: 'output/secret',
      where: `${path}.${field}`,
      message: `Secret "${manifest.metadata.name}" holds its values, which would be written in plain text.`,
      fix: 'Declare a ProvidedSecret and give the values to the stack.',
    });
  }
  if (manifest.kind.endsWith('List') && Array.isArray(manifest.items)) {
    problems.push({
      code: 'construct/invalid',
      where: path,
      message: `A ${manifest.kind} is no object of its own: what it holds would not be checked.`,
      fix: 'Declare each of its items.',
    });
  }
  return problems;
}
