/** What TOML can say here: nested tables of texts, numbers, switches and lists of texts. */
export interface TomlTable {
  readonly [name: string]: string | number | boolean | readonly string[] | TomlTable;
}

/** A table as TOML 1.0: values first, then its tables under their full names. The same text for the same table. */
export function tomlText(table: TomlTable, path: readonly string[] = []): string {
  const entries = Object.entries(table);
  const values = entries.filter(([, value]) => !isTable(value));
  const tables = entries.filter((entry): entry is [string, TomlTable] => isTable(entry[1]));
  const head =
    path.length > 0 && (values.length > 0 || tables.length === 0) ? [`[${path.map(key).join('.')}]`] : [];
  const own = [...head, ...values.map(([name, value]) => `${key(name)} = ${literal(value)}`)].join('\n');
  return [own === '' ? '' : `${own}\n`, ...tables.map(([name, inner]) => tomlText(inner, [...path, name]))]
    .filter((text) => text !== '')
    .join('\n');
}

function isTable(value: TomlTable[string]): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value);
}

function key(name: string): string {
  return /^[\w-]+$/.test(name) ? name : quoted(name);
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** A basic string. JSON escapes as TOML does, but for U+007F. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}
