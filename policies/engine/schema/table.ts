import table from './kubernetes-1.37.json';

/**
 * The types of the kinds that controls judge, from the Go types of Kubernetes 1.37 (`test/tools/cel-harness types` writes
 * the file, and a test compares). A field is written as one character that tells whether it can be absent, and its type:
 *
 * - `?` absent where it is empty, `!` always there
 * - `*T` an optional T, `[T` a list, `{T` a map with strings as keys, a name: an object of that type
 * - `b` boolean, `i` and `l` integers of 32 and 64 bits, `s` string, `y` bytes in base64, `t` time, `q` quantity, `x` integer
 *   or string, `d` anything
 */
export interface TypeTable {
  /** Name of the type of each kind, by `apiVersion kind`. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const KUBERNETES_TYPES: TypeTable = table;
