import { throwIfAny, type Problem } from '../model';

/** The forms in which `keelson reach` answers. */
export const REACH_FORMATS = ['table', 'json', 'svg'] as const;

/** A form in which `keelson reach` answers. */
export type ReachFormat = (typeof REACH_FORMATS)[number];

/** `keelson reach` as it was typed. */
export interface ReachFlags {
  readonly format: string;
  readonly live?: boolean;
  readonly kubeconfig?: string;
  /** A file with what is known of the cluster's network. */
  readonly network?: string;
  /** A file with waivers. */
  readonly waivers?: string;
  /** Manifests, or reachability data, of the version before. */
  readonly against?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `keelson reach`, understood. */
export interface ReachOptions extends Omit<ReachFlags, 'format' | 'live' | 'from' | 'to'> {
  readonly paths: readonly string[];
  readonly format: ReachFormat;
  readonly live: boolean;
  /** The two points of which it is asked why. @default - everything is shown */
  readonly pair?: { readonly from: string; readonly to: string };
}

/**
 * Understands a command line.
 *
 * @throws KeelsonError (`cli/usage`) naming every option that is not valid
 */
export function reachOptions(paths: readonly string[], flags: ReachFlags): ReachOptions {
  const problems: Problem[] = [];
  const refuse = (where: string, message: string, fix: string): void => {
    problems.push({ code: 'cli/usage', where, message, fix });
  };
  const { format, live = false, from, to, ...rest } = flags;
  if (!(REACH_FORMATS as readonly string[]).includes(format))
    refuse('--format', `"${format}" is not one of its values.`, `Use one of: ${REACH_FORMATS.join(', ')}.`);
  if (paths.length === 0 && !live)
    refuse('reach', 'Nothing is named.', 'Name files or folders with manifests, or use --live.');
  if (paths.length > 0 && live)
    refuse('--live', 'Files and a cluster are two networks.', 'Name either; compare them with --against.');
  if ((from === undefined) !== (to === undefined))
    refuse(
      '--from, --to',
      'Only one end is named.',
      'Name both: it is then told what is open between them, and why.',
    );
  if (format === 'svg' && (rest.against !== undefined || from !== undefined))
    refuse('--format', 'There is no picture of a difference, nor of one pair.', 'Use table or json.');
  if (rest.against !== undefined && from !== undefined)
    refuse('--against', 'It compares everything.', 'Leave out --from and --to.');
  throwIfAny(problems);
  return {
    ...rest,
    paths,
    format: format as ReachFormat,
    live,
    ...(from === undefined || to === undefined ? {} : { pair: { from, to } }),
  };
}
