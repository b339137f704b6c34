import type { KubernetesMinor } from '../../model';
import { apiGroupOf } from '../kinds';
import type { Definitions } from './definitions';
import { publishedKinds, releasesWith, typeOfKind } from './published';
import { nearest } from './suggestion';

/** What is wrong with a kind, and what to use. */
export interface UnknownKind {
  readonly message: string;
  readonly fix: string;
}

/**
 * Why there is no such kind; undefined where there may be one: its group belongs to CustomResourceDefinitions that are not
 * known.
 */
export function unknownKind(
  apiVersion: string,
  kind: string,
  release: KubernetesMinor,
  definitions: Definitions,
): UnknownKind | undefined {
  const group = apiGroupOf({ apiVersion });
  const versions = definitions.versionsOf(group, kind);
  if (versions !== undefined) {
    // It may be served and have no schema.
    if (versions.includes(apiVersion.slice(group.length + 1))) return undefined;
    return {
      message: `There is no ${apiVersion} ${kind}: its CustomResourceDefinition does not serve that version.`,
      fix: `Use one of ${versions.join(', ') || 'those of another definition'}.`,
    };
  }
  if (!isBuiltIn(group)) return undefined;
  const others = releasesWith(apiVersion, kind);
  const elsewhere = others.length === 0 ? '' : ` (there is in ${others.join(', ')})`;
  return {
    message: `There is no ${apiVersion} ${kind} in Kubernetes ${release}${elsewhere}.`,
    fix: replacement(apiVersion, kind, release),
  };
}

/** No CustomResourceDefinition can have a group without a dot. */
function isBuiltIn(group: string): boolean {
  if (!group.includes('.')) return true;
  return publishedKinds().some((key) => key.startsWith(`${group}/`));
}

function replacement(apiVersion: string, kind: string, release: KubernetesMinor): string {
  const there = publishedKinds()
    .map((key) => key.split(' ') as [string, string])
    .filter(([version, name]) => typeOfKind(release, version, name) !== undefined);
  const versions = there.filter(([, name]) => name === kind).map(([version]) => version);
  if (versions.length > 0) return `Use ${versions.join(' or ')}.`;
  const near = nearest(
    kind,
    there.filter(([version]) => version === apiVersion).map(([, name]) => name),
  );
  return near === undefined ? 'Correct apiVersion and kind.' : `Did you mean "${near}"?`;
}
