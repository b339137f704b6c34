import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { KeelsonError } from '../model';
import { onExit } from './exit-hooks';
import type { ToolName } from './tool';

/** Where one build or release of a tool is kept. */
export interface CacheEntry {
  readonly name: ToolName;
  /** Folder that holds the executable and its record; it appears whole or not at all. */
  readonly folder: string;
  /** The executable. */
  readonly path: string;
}

const RECORD = 'tool.json';

const recordSchema = z.object({
  tool: z.string(),
  version: z.string(),
  origin: z.enum(['release', 'build']),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number(),
  /** What it was made with: a Go version, or the URL it was fetched from. */
  madeWith: z.string(),
  madeAt: z.string(),
  seconds: z.number(),
});

/** What is written beside a cached executable. */
export type CacheRecord = z.infer<typeof recordSchema>;

/** The folder that keelson keeps tools in: `KEELSON_CACHE`, or `keelson` in the user's cache folder. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  const own = env['KEELSON_CACHE'];
  if (own !== undefined && own !== '') {
    if (isAbsolute(own)) return own;
    throw new KeelsonError({
      code: 'tool/missing',
      where: 'KEELSON_CACHE',
      message: `${own} is not an absolute path.`,
      fix: 'Set it to an absolute path, or unset it.',
    });
  }
  const shared = env['XDG_CACHE_HOME'];
  // The XDG specification has relative paths ignored.
  if (shared !== undefined && isAbsolute(shared)) return join(shared, 'keelson');
  return join(env['HOME'] || homedir(), '.cache', 'keelson');
}

/** Hexadecimal SHA-256 of a file. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** What a look into the cache found: the record of a sound entry, or what is wrong with the one that is there. */
export type CacheLookup = { readonly record: CacheRecord } | { readonly broken: string } | undefined;

/** Reads an entry and checks the executable against its record. Undefined where there is none. */
export async function readEntry(entry: CacheEntry): Promise<CacheLookup> {
  let text: string;
  try {
    text = await readFile(join(entry.folder, RECORD), 'utf8');
  } catch {
    return undefined;
  }
  try {
    const record = recordSchema.parse(JSON.parse(text));
    const file = await lstat(entry.path);
    const folder = await lstat(entry.folder);
    if (!file.isFile() || !folder.isDirectory() || ((file.mode | folder.mode) & 0o022) !== 0)
      return { broken: `${entry.path} can be written by others` };
    if (file.size !== record.bytes || (await sha256File(entry.path)) !== record.sha256) {
      return { broken: `${entry.path} is not the file that was put there` };
    }
    return { record };
  } catch {
    return { broken: `${entry.folder} is not readable as a cache entry` };
  }
}

/**
 * Makes an entry: `make` writes the executable to the path it is given, and the whole folder is then moved into place.
 * Whatever goes wrong, nothing half-made stays. Call it with the tool's lock held.
 */
export async function makeEntry(
  entry: CacheEntry,
  make: (file: string, scratch: string) => Promise<Omit<CacheRecord, 'sha256' | 'bytes' | 'tool'>>,
): Promise<CacheRecord> {
  await removeLeftovers(entry);
  const part = `${entry.folder}.part-${randomBytes(6).toString('hex')}`;
  const scratch = join(part, 'scratch');
  const forget = onExit(() => rmSync(part, { recursive: true, force: true }));
  try {
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    const file = join(part, basename(entry.path));
    const facts = await make(file, scratch);
    await rm(scratch, { recursive: true, force: true });
    await chmod(file, 0o755);
    const record: CacheRecord = {
      tool: entry.name,
      ...facts,
      sha256: await sha256File(file),
      bytes: (await lstat(file)).size,
    };
    await writeFile(join(part, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
    await rm(entry.folder, { recursive: true, force: true });
    await rename(part, entry.folder);
    return record;
  } finally {
    await rm(part, { recursive: true, force: true, maxRetries: 5 });
    forget();
  }
}

/** Removes what runs that were killed left beside an entry. */
async function removeLeftovers(entry: CacheEntry): Promise<void> {
  const parent = dirname(entry.folder);
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.includes('.part-'))) {
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
