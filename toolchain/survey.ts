import { join } from 'node:path';
import type { Problem } from '../model';
import { readEntry } from './cache';
import type { Context } from './context';
import { findGo, type GoLookup } from './go';
import { lookUpOnPath } from './path-lookup';
import { settingOf, type ToolPin } from './pins';
import { platformKey } from './platform';
import { buildEntry, releaseEntry, releaseFor } from './recipe';
import { fromSetting } from './setting';
import type { ResolvedTool } from './tool';
import { acceptedVersions } from './version';

/** What is known of a tool before anything is downloaded or built. Exactly one of `tool`, `problem` and `plan` is there. */
export interface Survey {
  readonly pin: ToolPin;
  /** The tool, where it is ready. */
  readonly tool?: ResolvedTool;
  /** Why it can neither be found nor made. */
  readonly problem?: Problem;
  /** How it can be made, where it can. */
  readonly plan?: Plan;
  /** Why earlier places were passed over. */
  readonly passedOver: readonly string[];
}

/** How a tool can be made: the release first where there is one to try, then the build where Go is there. */
export interface Plan {
  readonly release: boolean;
  readonly go: GoLookup;
}

/** Looks for a tool in every place where it may be ready, and then at how it could be made. */
export async function survey(pin: ToolPin, context: Context): Promise<Survey> {
  const setting = await fromSetting(pin, context);
  if (setting !== undefined) {
    return 'origin' in setting
      ? { pin, tool: setting, passedOver: [] }
      : { pin, problem: setting, passedOver: [] };
  }
  const notSet = `${settingOf(pin.name)} is not set`;
  const passedOver = [notSet];
  const path = await lookUpOnPath(pin, context);
  passedOver.push(...(path.passedOver.length > 0 ? path.passedOver : ['not on the PATH']));
  if (path.found !== undefined) {
    const tool: ResolvedTool = {
      name: pin.name,
      path: path.found.path,
      version: path.found.version,
      origin: 'path',
      detail: 'on the PATH',
    };
    return { pin, tool, passedOver: [notSet, ...path.passedOver] };
  }
  const cached = await fromCache(pin, context);
  if (cached.tool !== undefined) return { pin, tool: cached.tool, passedOver };
  passedOver.push(...cached.passedOver);

  const release = releaseFor(pin, context.platform);
  if (release === undefined) passedOver.push(`no release is pinned for ${platformKey(context.platform)}`);
  else if (isOffline(context.env)) passedOver.push('KEELSON_OFFLINE is set: no release is fetched');
  const plan: Plan = {
    release: release !== undefined && !isOffline(context.env),
    go: await findGo(join(context.modules, pin.build.module), context),
  };
  if (!plan.release && 'missing' in plan.go) {
    return { pin, problem: cannotBeMade(pin, plan.go, passedOver), passedOver };
  }
  return { pin, plan, passedOver };
}

/** The tool from the cache: a release before a build. */
export async function fromCache(
  pin: ToolPin,
  context: Context,
): Promise<{ readonly tool?: ResolvedTool; readonly passedOver: readonly string[] }> {
  const pinned = releaseFor(pin, context.platform);
  const entries = [
    ...(pinned === undefined
      ? []
      : [releaseEntry(context.root, pin, context.platform, pinned.release, pinned.file)]),
    buildEntry(context.root, pin, context.platform, context.modules),
  ];
  const passedOver: string[] = [];
  for (const entry of entries) {
    const lookup = await readEntry(entry);
    if (lookup === undefined) continue;
    if ('broken' in lookup) {
      passedOver.push(lookup.broken);
      continue;
    }
    const { version, origin, madeWith } = lookup.record;
    const detail = `in the cache, ${origin === 'build' ? 'built' : 'fetched'} with ${madeWith}`;
    return {
      tool: { name: pin.name, path: entry.path, version, origin: 'cache', detail },
      passedOver,
    };
  }
  return { passedOver: passedOver.length > 0 ? passedOver : ['not in the cache'] };
}

/** True where `KEELSON_OFFLINE` forbids to ask a release server. */
export function isOffline(env: NodeJS.ProcessEnv): boolean {
  const value = env['KEELSON_OFFLINE'] ?? '';
  return value !== '' && value !== '0' && value !== 'false';
}

/** The problem of a tool for which every place was tried. */
export function cannotBeMade(
  pin: ToolPin,
  go: { readonly missing: string; readonly fix: string },
  passedOver: readonly string[],
): Problem {
  const others = `Or put ${pin.name} ${acceptedVersions(pin)} on the PATH, or set ${settingOf(pin.name)} to its path.`;
  return {
    code: 'tool/missing',
    where: pin.name,
    message: `It was not found (${passedOver.join('; ')}). ${go.missing}`,
    fix: `${go.fix} ${others}`,
  };
}
