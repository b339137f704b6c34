import { deepFreeze } from './frozen';
import type { KubernetesMinor } from './versions';

type Names = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

interface FlagTable {
  readonly releases: Readonly<Record<string, string>>;
  readonly flags: Names;
  readonly fields: Names;
  readonly etcd: { readonly version: string; readonly flags: readonly string[] };
}

let table: FlagTable | undefined;

function loaded(): FlagTable {
  // By the package's own name: it is the same file from the source and from `lib/`. Only who renders a control plane needs it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() is slow, and jest cannot follow it
  return (table ??= deepFreeze(require('keelson/schemas/component-flags.json') as FlagTable));
}

/** The etcd release whose flags are known. */
export function etcdRelease(): string {
  return loaded().etcd.version;
}

/**
 * The releases whose component knows a flag, as its own code says it, oldest first; empty for a flag that none knows. For etcd, which
 * has releases of its own, those of Kubernetes are all or none.
 *
 * @param component for example `kube-apiserver`
 * @param flag without dashes, for example `audit-log-path`
 */
export function flagKnownIn(component: string, flag: string): readonly KubernetesMinor[] {
  const { etcd, flags, releases } = loaded();
  if (component === 'etcd')
    return etcd.flags.includes(flag) ? (Object.keys(releases) as KubernetesMinor[]) : [];
  return releasesOf(flags[component] ?? {}, flag);
}

/**
 * The releases whose configuration file knows a field, oldest first.
 *
 * @param kind with its group and version, for example `kubelet.config.k8s.io/v1beta1/KubeletConfiguration`
 * @param path for example `authentication.anonymous.enabled`, or `jwt[].issuer.url` within a list
 */
export function fieldKnownIn(kind: string, path: string): readonly KubernetesMinor[] {
  return releasesOf(loaded().fields[kind] ?? {}, path);
}

/** Whether a field has fields of its own in any release; one that has none is a value, a map, or a document of another kind. */
export function hasFieldsBelow(kind: string, path: string): boolean {
  const groups = Object.values(loaded().fields[kind] ?? {});
  return groups.some((names) =>
    names.some((name) => name.startsWith(`${path}.`) || name.startsWith(`${path}[]`)),
  );
}

/** Kinds whose fields are known, as `fieldKnownIn` takes them. */
export function kindsWithFields(): readonly string[] {
  return Object.keys(loaded().fields);
}

function releasesOf(
  groups: Readonly<Record<string, readonly string[]>>,
  name: string,
): readonly KubernetesMinor[] {
  const found = Object.entries(groups).find(([, names]) => names.includes(name));
  return found === undefined ? [] : (found[0].split(' ') as KubernetesMinor[]);
}
