import { KeelsonError, throwIfAny, type Problem } from '../model';
import { contextOf, type Context } from './context';
import { onInterrupt } from './interrupt';
import { makeTool } from './make';
import type { ProgressListener } from './progress';
import { survey } from './survey';
import type { ResolvedTool, ToolName } from './tool';

/** How tools are resolved. */
export interface ResolveOptions {
  /** @default - the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** @default - no progress is told */
  readonly progress?: ProgressListener;
  /** Stops the work when aborted. @default - an interrupt (SIGINT, SIGTERM, SIGHUP) stops the work, then the process */
  readonly signal?: AbortSignal;
}

/**
 * Finds or makes tools. Each is taken from its setting, the PATH, the cache, its pinned release, or a build, in that
 * order. What can be known beforehand is checked for every tool before the first one is downloaded or built.
 *
 * @throws KeelsonError with every problem at once: `tool/missing` where a tool is neither here nor can be made,
 * `tool/failed` where its download or build fails, the cache cannot be written, or the work is interrupted.
 */
export async function resolveTools<N extends ToolName>(
  names: readonly N[],
  options: ResolveOptions = {},
): Promise<Record<N, ResolvedTool>> {
  const interrupt = options.signal === undefined ? onInterrupt() : undefined;
  const signal = options.signal ?? interrupt?.signal;
  try {
    return await resolveIn(contextOf(options.env ?? process.env, signal), names, options.progress);
  } finally {
    await interrupt?.end();
  }
}

/** `resolveTools` in a given context. */
export async function resolveIn<N extends ToolName>(
  context: Context,
  names: readonly N[],
  progress: ProgressListener = () => undefined,
): Promise<Record<N, ResolvedTool>> {
  const pins = context.pins.filter((pin) => (names as readonly ToolName[]).includes(pin.name));
  const surveys = await Promise.all(pins.map((pin) => survey(pin, context)));
  if (context.signal?.aborted) throw interrupted(context.signal);
  throwIfAny(surveys.flatMap((each) => each.problem ?? []));

  const tools = new Map<ToolName, ResolvedTool>();
  const problems: Problem[] = [];
  const causes: unknown[] = [];
  const deadHosts = new Set<string>();
  const count = surveys.filter((each) => each.tool === undefined).length;
  let position = 0;
  for (const { pin, tool, plan, passedOver } of surveys) {
    if (tool !== undefined) {
      tools.set(pin.name, explained(tool, passedOver));
      continue;
    }
    position += 1;
    const at = { tool: pin.name, position, count };
    try {
      const made = await makeTool(pin, plan!, context, deadHosts, (step, seconds, message) =>
        progress({ ...at, step, seconds, message }),
      );
      tools.set(pin.name, explained(made, passedOver));
    } catch (error) {
      if (context.signal?.aborted) throw interrupted(context.signal);
      causes.push(error);
      problems.push(...problemsOf(error, pin.name));
      if (problems.some((problem) => problem.where === context.root)) break;
    }
  }
  if (problems.length > 0) throw new KeelsonError(problems, { cause: causes[0] });
  return Object.fromEntries(names.map((name) => [name, tools.get(name)])) as Record<N, ResolvedTool>;
}

function explained(tool: ResolvedTool, passedOver: readonly string[]): ResolvedTool {
  return { ...tool, detail: [tool.detail, ...passedOver].join('; ') };
}

function problemsOf(error: unknown, name: ToolName): readonly Problem[] {
  if (error instanceof KeelsonError) return error.problems;
  return [
    {
      code: 'tool/failed',
      where: name,
      message: `Making it failed: ${error instanceof Error ? error.message : String(error)}.`,
      fix: 'See the cause of this error.',
    },
  ];
}

function interrupted(signal: AbortSignal): KeelsonError {
  return new KeelsonError(
    {
      code: 'tool/failed',
      where: 'toolchain',
      message: 'The work on the tools was interrupted; nothing half-made was left.',
      fix: 'Run the command again: tools that were ready are kept.',
    },
    { cause: signal.reason },
  );
}
