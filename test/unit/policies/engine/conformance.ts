import { getConformanceSuite, type IncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { compileExpression } from '../../../../policies/engine/cel/compile';
import { equal } from '../../../../policies/engine/cel/equal';
import { CelError, Fault } from '../../../../policies/engine/cel/fault';
import { FUNCTIONS } from '../../../../policies/engine/cel/functions';
import {
  Duration,
  Fields,
  MixedMap,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../../../../policies/engine/cel/value';

type Case = IncrementalTestSuite['tests'][number]['original'];
type SpecValue = Extract<Case['resultMatcher'], { case: 'value' }>['value'];

/** The cases of the CEL specification by name, such as `string/size/empty`. */
export function conformanceCases(): ReadonlyMap<string, Case> {
  const cases = new Map<string, Case>();
  const visit = (suite: IncrementalTestSuite, path: string): void => {
    for (const { name, original } of suite.tests) {
      let unique = `${path}/${name.replaceAll(/[ /]/g, '_')}`;
      while (cases.has(unique)) unique += "'";
      cases.set(unique, original);
    }
    for (const inner of suite.suites) visit(inner, path === '' ? inner.name : `${path}/${inner.name}`);
  };
  visit(getConformanceSuite(), '');
  return cases;
}

/** What is wrong about the engine's answer to a case; undefined where it is right. */
export function wrongAbout(test: Case): string | undefined {
  let result: Value;
  try {
    const bindings = new Map(Object.entries(test.bindings).map(([name, { kind }]) => [name, bound(kind)]));
    result = compileExpression<undefined>(test.expr, (name) => {
      const value = bindings.get(name);
      return value === undefined ? undefined : () => value;
    })(undefined);
  } catch (error) {
    return (error as Error).message;
  }
  const { resultMatcher: expected } = test;
  if (expected.case === 'evalError') return result instanceof CelError ? undefined : 'no error';
  if (expected.case === 'value' || expected.case === 'typedResult') {
    const value = expected.case === 'value' ? expected.value : expected.value.result;
    return value === undefined || same(result, fromSpec(value))
      ? undefined
      : `another value: ${describe(result)}`;
  }
  return expected.case === undefined && result === true ? undefined : 'no true';
}

function describe(result: Value): string {
  return result instanceof Fault ? result.message : String(result);
}

/** Equal and of the same types; NaN is NaN. */
function same(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b) || a === b;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each: Value, i) => same(each, b[i] as Value));
  }
  return FUNCTIONS['type/1']!(a) !== undefined && equal(a, b) === true && typeof a === typeof b;
}

function bound(kind: Case['bindings'][string]['kind']): Value {
  if (kind.case !== 'value') throw new Error('a binding that is no value');
  return fromSpec(kind.value);
}

function fromSpec({ kind }: SpecValue): Value {
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'int64Value':
    case 'doubleValue':
    case 'stringValue':
    case 'bytesValue':
      return kind.value;
    case 'uint64Value':
      return new Uint(kind.value);
    case 'typeValue':
      return new TypeValue(kind.value);
    case 'listValue':
      return kind.value.values.map(fromSpec);
    case 'mapValue':
      return mapOf(kind.value.entries.map(({ key, value }) => [fromSpec(key!), fromSpec(value!)]));
    case 'objectValue':
      return wellKnown(kind.value);
    default:
      throw new Error(`a value of the kind ${kind.case}`);
  }
}

function mapOf(entries: readonly [Value, Value][]): Value {
  if (entries.every(([key]) => typeof key === 'string'))
    return Object.assign(new Fields(), Object.fromEntries(entries));
  const map = new MixedMap();
  for (const [key, value] of entries) map.add(key, value);
  return map;
}

/** Timestamps and durations come as protobuf messages: seconds and nanoseconds, fields 1 and 2. */
function wellKnown({ typeUrl, value }: { typeUrl: string; value: Uint8Array }): Value {
  const type = typeUrl.split('/').pop();
  if (type !== 'google.protobuf.Timestamp' && type !== 'google.protobuf.Duration') {
    throw new Error(`a message ${type}`);
  }
  const fields = [0n, 0n];
  for (let at = 0; at < value.length;) {
    const field = value[at++]! >> 3;
    let varint = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = value[at++]!;
      varint |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    fields[field - 1] = BigInt.asIntN(64, varint);
  }
  const nanos = fields[0]! * 10n ** 9n + fields[1]!;
  return type.endsWith('Timestamp') ? new Timestamp(nanos) : new Duration(nanos);
}
