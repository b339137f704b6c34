import { contextOf, type Context } from './context';
import type { ToolPin } from './pins';
import { releaseFor } from './recipe';
import { survey, type Survey } from './survey';
import { TOOL_NAMES, type LocatedTool, type ToolName } from './tool';

/**
 * Finds out where each tool would come from, without downloading or building anything. A tool that is missing is told
 * as such and is no error.
 *
 * @param names which tools. @default - all of them
 * @throws KeelsonError `tool/missing` only where this platform has no pins, or KEELSON_CACHE is not an absolute path.
 */
export async function locateTools(
  names: readonly ToolName[] = TOOL_NAMES,
  options: { readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal } = {},
): Promise<readonly LocatedTool[]> {
  return locateIn(contextOf(options.env ?? process.env, options.signal), names);
}

/** `locateTools` in a given context. */
export async function locateIn(
  context: Context,
  names: readonly ToolName[],
): Promise<readonly LocatedTool[]> {
  const pins = names.flatMap((name) => context.pins.filter((pin) => pin.name === name));
  return Promise.all(pins.map(async (pin) => located(await survey(pin, context), pin, context)));
}

function located(survey: Survey, pin: ToolPin, context: Context): LocatedTool {
  const { tool, plan, problem, passedOver } = survey;
  const about = { name: pin.name, pinned: pin.version, passedOver };
  if (tool !== undefined) {
    const { origin, path, version, detail } = tool;
    return { ...about, origin, ready: true, path, version, detail };
  }
  if (problem !== undefined) {
    return { ...about, origin: 'missing', ready: false, detail: `${problem.message} ${problem.fix}` };
  }
  const builds =
    'missing' in plan!.go
      ? 'cannot be built'
      : `${plan!.release ? 'can be' : 'would be'} built with Go ${plan!.go.version} (about ${pin.build.coldSeconds} s when cold)`;
  if (plan!.release) {
    const { release, file } = releaseFor(pin, context.platform)!;
    const detail = `would be fetched from ${new URL(file.url).host}; otherwise ${builds}`;
    return { ...about, origin: 'release', ready: false, version: release.version, detail };
  }
  return { ...about, origin: 'build', ready: false, version: pin.version, detail: builds };
}

/** The tools as lines of text for a person: a table, and below it why places were passed over. */
export function formatTools(tools: readonly LocatedTool[]): string {
  const rows = tools.map((tool) => [
    tool.name,
    tool.version ?? tool.pinned,
    tool.origin,
    tool.path ?? tool.detail,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = tools.flatMap((tool, index) => [
    rows[index]!.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '),
    ...(tool.ready ? [`  ${tool.detail}`] : []),
    ...tool.passedOver.map((reason) => `  passed over: ${reason}`),
  ]);
  return lines.join('\n');
}
