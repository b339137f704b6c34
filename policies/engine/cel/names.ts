import { TypeValue, type Value } from './value';

/** Reads a variable from what an expression is evaluated over. */
export type Read<S> = (scope: S) => Value;

/** The variables that an expression may use, by name; a dotted name such as `variables.pod` is looked up as a whole. */
export type Names<S> = (name: string) => Read<S> | undefined;

const TYPES = new Map(
  [
    'bool',
    'bytes',
    'double',
    'google.protobuf.Duration',
    'google.protobuf.Timestamp',
    'int',
    'list',
    'map',
    'null_type',
    'string',
    'type',
    'uint',
  ].map((name) => [name, new TypeValue(name)]),
);

/** The type that a name stands for where no variable has that name. */
export function typeNamed(name: string): TypeValue | undefined {
  return TYPES.get(name);
}
