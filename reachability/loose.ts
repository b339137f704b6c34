/** What somebody else wrote: any of it may be anything. */
export type Loose = Readonly<Record<string, unknown>>;

/** What somebody else wrote need not be a map. */
export function mapOf(value: unknown): Loose {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Loose) : {};
}

/** What somebody else wrote need not be a list, nor hold maps. */
export function listOf(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.map(mapOf) : [];
}

/** What somebody else wrote need not be a text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Those of a map's values that are texts: what else stands there is no label. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(mapOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
