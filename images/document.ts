import type { ZodType } from 'zod';
import { IMAGE_DIGEST, type ImageConfig } from '../model';
import { zod } from '../model/zod';
import { unreadable } from './source';

/** What an index says of one of its manifests. */
export interface Descriptor {
  readonly digest: string;
  readonly mediaType?: string | undefined;
  readonly platform?:
    { readonly os: string; readonly architecture: string; readonly variant?: string } | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** An index: the manifests of an image, one for each platform. */
export interface Index {
  readonly manifests: readonly Descriptor[];
}

/** A manifest: where the configuration of an image is. */
export interface Manifest {
  readonly config: Descriptor;
}

/** A configuration: for what platform an image is, and what it does there. */
export interface Configuration extends ImageConfig {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** The most manifests that an index is read with; the official images have about twenty. */
const MOST_MANIFESTS = 200;

/** The longest text of a configuration that is kept, and the most entries of a list. */
const LONGEST_TEXT = 4096;
const MOST_ENTRIES = 1024;

/** The most that is shown of where something is wrong: keys are what the image says. */
const LONGEST_PLACE = 200;

/** An index or a manifest. */
export function parseManifest(bytes: Buffer, where: string): Index | Manifest {
  const data = jsonObject(bytes, where, 'manifest');
  // One document that is both means one thing to one reader and another to the next (CVE-2021-41190).
  if ('manifests' in data && ('config' in data || 'layers' in data))
    throw malformed(where, 'The manifest is an index as well.');
  if (data['schemaVersion'] !== 2) throw malformed(where, 'The manifest is not of schema version 2.');
  return 'manifests' in data
    ? parsed(indexSchema(), data, where, 'index')
    : parsed(manifestSchema(), data, where, 'manifest');
}

/** The configuration of an image. */
export function parseConfiguration(bytes: Buffer, where: string): Configuration {
  const data = jsonObject(bytes, where, 'configuration');
  const { os, architecture, variant, config } = parsed(configurationSchema(), data, where, 'configuration');
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    user: config?.User ?? '',
    entrypoint: config?.Entrypoint ?? [],
    cmd: config?.Cmd ?? [],
    exposedPorts: Object.keys(config?.ExposedPorts ?? {}).sort(),
    volumes: Object.keys(config?.Volumes ?? {}).sort(),
    workingDir: config?.WorkingDir ?? '',
  };
}

/** A JSON text that has to be an object. */
export function jsonObject(bytes: Buffer, where: string, what: string): Readonly<Record<string, unknown>> {
  const data = json(bytes, where, what);
  if (data === null || typeof data !== 'object' || Array.isArray(data))
    throw malformed(where, `The ${what} is no JSON object.`);
  return data as Record<string, unknown>;
}

/** A JSON text. Messages never repeat it: it may be any file that somebody named. */
export function json(bytes: Buffer, where: string, what: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw malformed(where, `The ${what} is no JSON.`);
  }
}

/** The data, if it has the shape. */
export function parsed<T>(schema: ZodType<T>, data: unknown, where: string, what: string): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [{ path, message } = { path: [], message: '' }] = result.error.issues;
  const place = path.map(String).join('.').slice(0, LONGEST_PLACE);
  throw malformed(where, `The ${what} is not valid: ${place}: ${message}.`);
}

function malformed(where: string, message: string): Error {
  return unreadable(where, message, 'Build the image again with a tool that writes OCI or Docker images.');
}

function descriptorSchema() {
  const z = zod();
  const text = z.string().max(LONGEST_TEXT);
  return z.object({
    digest: z.string().regex(IMAGE_DIGEST, 'It is no SHA-256 digest'),
    mediaType: text.optional(),
    platform: z.object({ os: text, architecture: text, variant: text.optional() }).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }) as ZodType<Descriptor>;
}

/** The index of an image, or of an OCI layout. */
export function indexSchema(): ZodType<Index> {
  return zod().object({ manifests: zod().array(descriptorSchema()).max(MOST_MANIFESTS) });
}

function manifestSchema(): ZodType<Manifest> {
  return zod().object({ config: descriptorSchema() });
}

function configurationSchema() {
  const z = zod();
  const text = z.string().max(LONGEST_TEXT);
  const list = z.array(text).max(MOST_ENTRIES).nullish();
  const keys = z
    .record(text, z.unknown())
    .refine(
      (record) => Object.keys(record).length <= MOST_ENTRIES,
      `It has more than ${MOST_ENTRIES} entries`,
    )
    .nullish();
  // Characters of a platform: it becomes a part of a name.
  const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
  return z.object({
    os: name,
    architecture: name,
    variant: z.union([name, z.literal('').transform(() => undefined)]).optional(),
    config: z
      .object({
        User: text.nullish(),
        Entrypoint: list,
        Cmd: list,
        ExposedPorts: keys,
        Volumes: keys,
        WorkingDir: text.nullish(),
      })
      .nullish(),
  });
}
