import type { KubernetesMinor } from '../../model';
import { Fault } from '../engine/cel/fault';
import { SCALARS, wrong } from '../engine/schema/scalars';
import { KIND_CHECKS } from './binding-kinds';
import { descend, isObject, noteFields, type Check } from './fields';
import { fieldsOfType, typeOfKind } from './published';

/** The check of a kind that a release of Kubernetes has built in; undefined where it does not have it. */
export function builtInCheck(release: KubernetesMinor, apiVersion: string, kind: string): Check | undefined {
  const type = typeOfKind(release, apiVersion, kind);
  return type === undefined ? undefined : checkOf(release, type);
}

/** The check of the metadata that every object has. */
export function metadataCheck(release: KubernetesMinor): Check {
  return checkOf(release, 'meta.v1.ObjectMeta');
}

/**
 * Required by what Kubernetes publishes, and yet the API server takes objects without them: it fills them in, or their
 * empty value means something. `test/e2e/schema.test.ts` compares.
 */
const FILLED_IN: Readonly<Record<string, readonly string[]>> = {
  'core.v1.Event': ['involvedObject'],
  'core.v1.LimitRangeSpec': ['limits'],
  'core.v1.Sysctl': ['value'],
  'storage.v1.CSIDriver': ['spec'],
  'storage.v1.TokenRequest': ['audience'],
};

const checks = new Map<string, Check>();

function checkOf(release: KubernetesMinor, code: string): Check {
  const key = `${release} ${code}`;
  const known = checks.get(key);
  if (known !== undefined) return known;
  const made = makeCheck(release, code);
  checks.set(key, made);
  return made;
}

/** Null is no value to the API server, wherever it stands. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value instanceof Fault;
}

function makeCheck(release: KubernetesMinor, code: string): Check {
  const rest = code.slice(1);
  if (code === 'd') return () => undefined;
  if (Object.hasOwn(SCALARS, code)) {
    const scalar = SCALARS[code]!;
    return (value, progress) => void (isAbsent(value) || scalar.decode(value, progress));
  }
  if (code.startsWith('[')) return listCheck(checkOf(release, rest));
  if (code.startsWith('{')) return mapCheck(checkOf(release, rest));
  if (code.includes('|')) return choiceCheck(release, code.split('|'));
  return structCheck(release, code);
}

function listCheck(element: Check): Check {
  return (value, progress) => {
    if (isAbsent(value)) return;
    if (!Array.isArray(value)) return void wrong(value, 'a list', progress);
    for (let index = 0; index < value.length; index++) descend(index, value[index], element, progress);
  };
}

function mapCheck(element: Check): Check {
  return (value, progress) => {
    if (isAbsent(value)) return;
    if (!isObject(value)) return void wrong(value, 'an object', progress);
    for (const key of Object.keys(value)) descend(key, value[key], element, progress);
  };
}

/** One of several types, of which each is written in a JSON type of its own. */
function choiceCheck(release: KubernetesMinor, codes: readonly string[]): Check {
  const list = codes.find((code) => code.startsWith('['));
  const single = codes.find((code) => Object.hasOwn(SCALARS, code));
  const object = codes.find((code) => code !== list && code !== single)!;
  return (value, progress) => {
    const code = Array.isArray(value) ? list : isObject(value) ? object : single;
    checkOf(release, code ?? object)(value, progress);
  };
}

/** The fields of a type are looked up when it is first used: types refer to one another. */
function structCheck(release: KubernetesMinor, type: string): Check {
  let fields: Map<string, Check> | undefined;
  const required: string[] = [];
  const prepare = (): Map<string, Check> => {
    const prepared = new Map<string, Check>();
    for (const [name, code] of fieldsOfType(release, type)) {
      prepared.set(name, checkOf(release, code.replace(/^!/, '')));
      if (code.startsWith('!') && FILLED_IN[type]?.includes(name) !== true) required.push(name);
    }
    return prepared;
  };
  return (value, progress) => {
    if (isAbsent(value)) return;
    if (!isObject(value)) return void wrong(value, 'an object', progress);
    fields ??= prepare();
    let unknown: string[] | undefined;
    for (const key of Object.keys(value)) {
      const inner = value[key];
      const check = fields.get(key);
      if (check !== undefined) descend(key, inner, check, progress);
      else if (inner !== undefined) (unknown ??= []).push(key);
    }
    const missing = required.filter((name) => value[name] === undefined || value[name] === null);
    if (unknown !== undefined || missing.length > 0)
      noteFields(unknown ?? [], missing, fields.keys(), progress);
    KIND_CHECKS[type]?.(value, progress);
  };
}
