import type { RecommendationId } from '../../model';

/** One field of a configuration file of a node, with the reason it is there. */
export interface ConfigField {
  /** Where the field stands, for example `authentication.anonymous.enabled` or `kernel.kptr_restrict`. */
  readonly path: string;
  /** Its value, as the file holds it. */
  readonly value: FieldValue;
  /** Why it has this value, in one line. */
  readonly why: string;
  /**
   * The recommendation of the guidance that it serves.
   * @default - none
   */
  readonly recommendation?: RecommendationId;
  /**
   * Items of the CIS Kubernetes Benchmark that it answers, for example `4.2.1`.
   * @default - none
   */
  readonly cis?: readonly string[];
}

/** What a field of a configuration file may hold. */
export type FieldValue =
  string | number | boolean | readonly string[] | Readonly<Record<string, string | number>>;

/** A field in one line. */
export function field(
  path: string,
  value: FieldValue,
  why: string,
  recommendation?: RecommendationId,
  ...cis: readonly string[]
): ConfigField {
  return {
    path,
    value,
    why,
    ...(recommendation === undefined ? {} : { recommendation }),
    ...(cis.length === 0 ? {} : { cis }),
  };
}

/** The fields as one nested document. A dot in a path goes one level down; `\.` is a dot in a name. */
export function documentOf(
  fields: readonly ConfigField[],
  start: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const document: Record<string, unknown> = { ...start };
  for (const { path, value } of fields) {
    const names = path.split(/(?<!\\)\./).map((name) => name.replaceAll('\\.', '.'));
    const last = names.pop()!;
    let parent = document;
    for (const name of names) parent = (parent[name] ??= {}) as Record<string, unknown>;
    parent[last] = value;
  }
  return document;
}
