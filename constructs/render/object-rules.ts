import type { Problem } from '../../model';
import type { Manifest } from './after-render';

/**
 * What no rendered object may be, whatever a policy says: a Secret with its values in it, which would stand in the YAML
 * (NET-6), a list, which would carry objects past every check that looks at one object, and one that claims an owner: only
 * the cluster knows its uid, and what is owned passes for what a controller made.
 */
export function forbiddenObject(path: string, manifest: Manifest): readonly Problem[] {
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
  if (((manifest.metadata as Owned).ownerReferences ?? []).length > 0) {
    problems.push({
      code: 'construct/invalid',
      where: `${path}.metadata.ownerReferences`,
      message: 'It claims an owner, which only the cluster can tell.',
      fix: 'Leave it out: controllers own what they make.',
    });
  }
  return problems;
}

interface Owned {
  readonly ownerReferences?: readonly unknown[] | null;
}
