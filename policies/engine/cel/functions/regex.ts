import type * as Re2 from '@bufbuild/re2';
import { CelError, noOverload } from '../fault';
import type { Value } from '../value';
import type { FunctionTable } from './table';

const compiled = new Map<string, Re2.RE2JS | CelError>();

/** Patterns that are built from what is judged do not fill the memory. */
const KEPT = 1000;

/** The compiled form of a pattern, or why it is none. */
export function pattern(text: string): Re2.RE2JS | CelError {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  if (compiled.size >= KEPT) compiled.clear();
  const made = compile(text);
  compiled.set(text, made);
  return made;
}

function compile(text: string): Re2.RE2JS | CelError {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- few objects need it, and it loads slowly
    const { RE2JS } = require('@bufbuild/re2') as typeof Re2;
    return RE2JS.compile(text);
  } catch (error) {
    return new CelError(`no regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function matches(text: Value, regex: Value): Value {
  if (typeof text !== 'string' || typeof regex !== 'string') return noOverload('matches');
  const known = pattern(regex);
  return known instanceof CelError ? known : known.test(text);
}

/** Regular expressions with the syntax and the linear time of RE2. */
export const REGEX: FunctionTable = { 'matches/2': matches, '.matches/1': matches };
