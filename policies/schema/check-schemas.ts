import type { Manifest } from '../../constructs';
import { TARGET_KUBERNETES, type KubernetesMinor, type Problem } from '../../model';
import type { CheckedObject } from '../enforce/check';
import type { Progress } from '../engine/schema/scalars';
import { builtInCheck, metadataCheck } from './built-in';
import { CustomCheck } from './custom';
import { Definitions, isDefinition } from './definitions';
import { isObject, type Check } from './fields';
import { unknownKind } from './unknown-kind';

/** An object to check against its schema. */
export interface SchemaObject extends CheckedObject {
  /**
   * The release whose schema counts.
   *
   * @default - the one that keelson targets
   */
  readonly kubernetes?: KubernetesMinor;
}

/** What a check against schemas found. */
export interface SchemaVerdict {
  /** What the API server would refuse or drop. */
  readonly problems: readonly Problem[];
  /** The objects of kinds whose schema nobody gave: nothing is known about them. */
  readonly notValidated: readonly CheckedObject[];
}

/**
 * Checks objects against the schema of a Kubernetes release and of CustomResourceDefinitions: unknown fields, wrong types,
 * missing fields, kinds that there are not. `docs/schema.md` tells where the API server is stricter or laxer. A value that
 * is `UNKNOWN` fits everywhere.
 *
 * @param definitions CustomResourceDefinitions that the cluster has already; those among the objects count, too
 * @returns what is wrong, in the order of the objects, and which objects could not be checked
 */
export function checkSchemas(
  objects: readonly SchemaObject[],
  definitions: readonly Manifest[] = [],
): SchemaVerdict {
  const manifests = objects.map(({ manifest }) => manifest);
  const known = new Definitions([...definitions, ...manifests].filter(isObject));
  const problems = definitions.flatMap((given, index) =>
    isObject(given) && isDefinition(given) ? [] : [noDefinition(index)],
  );
  const notValidated: CheckedObject[] = [];
  for (const object of objects) {
    const check = checkOf(object, known);
    if (check === undefined) notValidated.push(object);
    else problems.push(...problemsOf(object, check));
  }
  return { problems, notValidated };
}

/** The check of an object; undefined where its schema is not known. */
function checkOf(
  { manifest, kubernetes = TARGET_KUBERNETES }: SchemaObject,
  definitions: Definitions,
): Check | undefined {
  if (!isObject(manifest)) return failing('It is no object.', 'Write an object.');
  const { apiVersion, kind } = manifest;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    return failing('apiVersion and kind must be strings.', 'Say what the object is.');
  // First: no definition of somebody can stand in for what the API server has itself.
  const builtIn = builtInCheck(kubernetes, apiVersion, kind);
  if (builtIn !== undefined) return builtIn;
  const schema = definitions.schemaOf(apiVersion, kind);
  if (schema !== undefined) return new CustomCheck(metadataCheck(kubernetes)).ofObject(schema);
  // What a list holds is checked where it is taken apart.
  if (kind.endsWith('List') && Array.isArray(manifest.items)) return undefined;
  const unknown = unknownKind(apiVersion, kind, kubernetes, definitions);
  return unknown === undefined ? undefined : failing(unknown.message, unknown.fix);
}

function failing(message: string, fix: string): Check {
  return (_value, { problems }) => void problems.push({ path: '', message, fix });
}

function problemsOf({ manifest, source }: CheckedObject, check: Check): readonly Problem[] {
  const progress: Progress = { path: [], problems: [] };
  try {
    check(manifest, progress);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    failing('It, or its schema, is nested too deep.', 'Make it flatter.')(manifest, progress);
  }
  if (progress.problems.length === 0) return NONE;
  const name = nameOf(manifest);
  return progress.problems.map(({ path, message, fix }) => ({
    code: 'object/invalid',
    where: source,
    message: printable(`${name}: ${path === '' ? '' : `${shortened(path)}: `}${message}`),
    fix: printable(shortened(fix ?? 'Correct the field.')),
  }));
}

/** Most objects are as they should be. */
const NONE: readonly never[] = [];

function nameOf(manifest: unknown): string {
  if (!isObject(manifest)) return 'Object';
  const { kind, metadata } = manifest;
  const name = isObject(metadata) && typeof metadata.name === 'string' ? ` ${metadata.name}` : '';
  return `${typeof kind === 'string' ? kind : 'Object'}${name}`;
}

/** Whoever named the fields may have put anything into the names. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const LONGEST = 1000;

function noDefinition(index: number): Problem {
  return {
    code: 'config/invalid',
    where: `definitions[${index}]`,
    message: 'It is no CustomResourceDefinition of apiextensions.k8s.io/v1.',
    fix: 'Give the CustomResourceDefinition as the cluster has it.',
  };
}

/** What to tell a person of an object that could not be checked. */
export function notValidatedMessage({ apiVersion, kind, metadata }: Manifest, source: string): string {
  return (
    `${source}: ${kind} ${metadata.name ?? ''} is not validated: no CustomResourceDefinition of ${apiVersion} ${kind} ` +
    'is in the app or among its `definitions`.'
  );
}
