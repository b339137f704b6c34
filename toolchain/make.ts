import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KeelsonError } from '../model';
import { makeEntry, type CacheEntry } from './cache';
import type { Context } from './context';
import { DownloadFailed, WrongDigest } from './download';
import { BuildFailed, goBuild } from './go-build';
import { withLock } from './lock';
import { settingOf, type ToolPin } from './pins';
import type { ProgressEvent } from './progress';
import { buildEntry, releaseEntry, releaseFor } from './recipe';
import { fetchRelease } from './release';
import { cannotBeMade, fromCache, type Plan } from './survey';
import type { ResolvedTool } from './tool';
import { askVersion } from './version';

/** Tells what is being done for the tool at hand. */
export type Tell = (step: ProgressEvent['step'], seconds: number, message: string) => void;

/**
 * Makes a tool: its release, or else a build, into the cache. Two runs at once make it once: the one that comes second
 * waits and takes the result.
 *
 * @param deadHosts release servers that did not answer in this run; they are not asked again.
 * @throws KeelsonError `tool/failed` or `tool/missing` with the reason.
 */
export async function makeTool(
  pin: ToolPin,
  plan: Plan,
  context: Context,
  deadHosts: Set<string>,
  tell: Tell,
): Promise<ResolvedTool> {
  const started = Date.now();
  let waited = false;
  const onWait = (seconds: number) => {
    waited = true;
    tell('wait', seconds, 'another run of keelson is making it');
  };
  const lockFile = join(await usableCache(context.root), `${pin.name}`);
  return withLock(lockFile, { signal: context.signal, onWait }, async (signal) => {
    const inLock = { ...context, signal };
    const cached = await fromCache(pin, inLock);
    if (cached.tool !== undefined) {
      const detail = waited ? 'made by another run while this one waited' : cached.tool.detail;
      tell('done', (Date.now() - started) / 1000, detail);
      return { ...cached.tool, detail };
    }
    const notes: string[] = [];
    const tool =
      (plan.release ? await tryRelease(pin, inLock, deadHosts, tell, notes) : undefined) ??
      (await build(pin, plan, inLock, tell, notes));
    tell('done', (Date.now() - started) / 1000, tool.detail);
    return tool;
  });
}

/** Fetches the release. Undefined, and a note, where it cannot be had; a wrong digest is an error. */
async function tryRelease(
  pin: ToolPin,
  context: Context,
  deadHosts: Set<string>,
  tell: Tell,
  notes: string[],
): Promise<ResolvedTool | undefined> {
  const pinned = releaseFor(pin, context.platform)!;
  const { host } = new URL(pinned.file.url);
  const passOver = (note: string) => {
    notes.push(note);
    tell('note', 0, note);
    return undefined;
  };
  if (deadHosts.has(host)) return passOver(`${host} did not answer before`);
  const entry = releaseEntry(context.root, pin, context.platform, pinned.release, pinned.file);
  const started = Date.now();
  try {
    await makeEntry(entry, async (output, scratch) => {
      await fetchRelease({
        ...context,
        file: pinned.file,
        output,
        scratch,
        onTick: (seconds, message) => tell('download', seconds, message),
      });
      return {
        version: pinned.release.version,
        origin: 'release',
        madeWith: pinned.file.url,
        madeAt: new Date().toISOString(),
        seconds: (Date.now() - started) / 1000,
      };
    });
  } catch (error) {
    context.signal?.throwIfAborted();
    if (error instanceof WrongDigest) throw wrongDigest(pin, pinned.file.url, host, error);
    if (!(error instanceof DownloadFailed)) throw error;
    if (error.serverDead) deadHosts.add(host);
    return passOver(`the release cannot be had: ${error.message}`);
  }
  return result(pin, entry, pinned.release.version, 'release', `fetched from ${pinned.file.url}`);
}

/** Builds the tool. The place where `cannotBeMade` is known late: only a release that failed leads there. */
async function build(
  pin: ToolPin,
  plan: Plan,
  context: Context,
  tell: Tell,
  notes: readonly string[],
): Promise<ResolvedTool> {
  const { go } = plan;
  if ('missing' in go) throw new KeelsonError(cannotBeMade(pin, go, notes));
  const entry = buildEntry(context.root, pin, context.platform, context.modules);
  const started = Date.now();
  try {
    await makeEntry(entry, async (output, scratch) => {
      await goBuild({
        ...context,
        pin,
        go: go.path,
        output,
        scratch,
        onTick: (seconds, message) => tell('build', seconds, message),
      });
      const version = await askVersion(pin, output, context);
      context.signal?.throwIfAborted();
      if (version !== pin.version) {
        throw new BuildFailed(`what was built says that it is ${version ?? 'nothing'}, not ${pin.version}`);
      }
      return {
        version,
        origin: 'build',
        madeWith: `Go ${go.version}`,
        madeAt: new Date().toISOString(),
        seconds: (Date.now() - started) / 1000,
      };
    });
  } catch (error) {
    context.signal?.throwIfAborted();
    if (!(error instanceof BuildFailed)) throw error;
    throw buildFailed(pin, error, notes);
  }
  return result(pin, entry, pin.version, 'build', [`built with Go ${go.version}`, ...notes].join('; '));
}

function result(
  pin: ToolPin,
  entry: CacheEntry,
  version: string,
  origin: 'release' | 'build',
  detail: string,
): ResolvedTool {
  return { name: pin.name, path: entry.path, version, origin, detail };
}

/** The folder for locks, which shows at once whether the cache can be written. */
async function usableCache(root: string): Promise<string> {
  const folder = join(root, 'locks');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    throw new KeelsonError(
      {
        code: 'tool/failed',
        where: root,
        message: `The cache folder cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
        fix: `Set KEELSON_CACHE to a folder that can be written, or make ${dirname(root)} writable.`,
      },
      { cause: error },
    );
  }
}

function wrongDigest(pin: ToolPin, url: string, host: string, cause: WrongDigest): KeelsonError {
  return new KeelsonError(
    {
      code: 'tool/failed',
      where: pin.name,
      message: `${url} is not the pinned file: ${cause.message}. It was not opened.`,
      fix: `Find out who answers for ${host}; KEELSON_OFFLINE=1 leaves releases out and builds it instead.`,
    },
    { cause },
  );
}

function buildFailed(pin: ToolPin, cause: BuildFailed, notes: readonly string[]): KeelsonError {
  const before = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  const fix = cause.message.includes('checksum mismatch')
    ? 'Find out who changed the module or its pinned sum before you go on.'
    : `Where modules cannot be fetched, set GOPROXY to a proxy of your own, or set ${settingOf(pin.name)}.`;
  return new KeelsonError(
    { code: 'tool/failed', where: pin.name, message: `The build failed${before}: ${cause.message}\n`, fix },
    { cause },
  );
}
