import { parseQuestion, type AccessQuestion } from '../authorization';
import { throwIfAny, type Problem } from '../model';

/** The forms in which `keelson access` answers. */
export const ACCESS_FORMATS = ['table', 'json', 'svg'] as const;

/** A form in which `keelson access` answers. */
export type AccessFormat = (typeof ACCESS_FORMATS)[number];

/** `keelson access` as it was typed. */
export interface AccessFlags {
  readonly format: string;
  readonly live?: boolean;
  readonly kubeconfig?: string;
  /** A file with the ways that were accepted. */
  readonly baseline?: string;
  /** A file to write all ways to, accepted. */
  readonly writeBaseline?: string;
  readonly owner?: string;
  readonly reason?: string;
  /** Manifests of the version before. */
  readonly against?: string;
  /** One user or group. */
  readonly subject?: string;
  /** What is asked of everybody, for example `get secrets`. */
  readonly whoCan?: string;
  readonly namespace?: string;
}

/** `keelson access`, understood. */
export interface AccessOptions extends Omit<
  AccessFlags,
  'format' | 'live' | 'writeBaseline' | 'owner' | 'reason' | 'whoCan' | 'namespace'
> {
  readonly paths: readonly string[];
  readonly format: AccessFormat;
  readonly live: boolean;
  /** @default - no baseline is written */
  readonly accept?: { readonly file: string; readonly owner: string; readonly reason: string };
  /** @default - everything is shown */
  readonly question?: AccessQuestion;
}

/**
 * Understands a command line.
 *
 * @throws KeelsonError (`cli/usage`) naming every option that is not valid
 */
export function accessOptions(paths: readonly string[], flags: AccessFlags): AccessOptions {
  const problems: Problem[] = [];
  const refuse = (where: string, message: string, fix: string): void => {
    problems.push({ code: 'cli/usage', where, message, fix });
  };
  const { format, live = false, writeBaseline, owner = '', reason = '', whoCan, namespace, ...rest } = flags;
  if (!(ACCESS_FORMATS as readonly string[]).includes(format))
    refuse('--format', `"${format}" is not one of its values.`, `Use one of: ${ACCESS_FORMATS.join(', ')}.`);
  if (paths.length === 0 && !live)
    refuse('access', 'Nothing is named.', 'Name files or folders with manifests, or use --live.');
  if (paths.length > 0 && live)
    refuse('--live', 'Files and a cluster are two answers.', 'Name either; compare them with --against.');
  const question = whoCan === undefined ? undefined : parseQuestion(whoCan, namespace);
  if (whoCan !== undefined && question === undefined)
    refuse(
      '--who-can',
      `"${whoCan}" is no question.`,
      'Ask as in "get pods/log", "create deployments.apps" or "get /metrics".',
    );
  if (namespace !== undefined && whoCan === undefined)
    refuse('--namespace', 'It belongs to a question.', 'Ask one with --who-can.');
  if (format === 'svg' && (rest.against !== undefined || whoCan !== undefined))
    refuse('--format', 'There is no picture of a difference, nor of one question.', 'Use table or json.');
  if (rest.against !== undefined && (whoCan !== undefined || writeBaseline !== undefined))
    refuse('--against', 'It compares everything.', 'Leave out --who-can and --write-baseline.');
  if (writeBaseline !== undefined && (owner.trim() === '' || reason.trim().length < 10))
    refuse(
      '--write-baseline',
      'Nobody answers for what is accepted, or without a reason.',
      'Give --owner and --reason, of ten characters at least.',
    );
  throwIfAny(problems);
  return {
    ...rest,
    paths,
    format: format as AccessFormat,
    live,
    ...(writeBaseline === undefined ? {} : { accept: { file: writeBaseline, owner, reason } }),
    ...(question === undefined ? {} : { question }),
  };
}
