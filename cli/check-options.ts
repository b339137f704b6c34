import { SEVERITIES, TARGET_KUBERNETES, throwIfAny, type Problem, type Severity } from '../model';

/** The formats of a report. */
export const FORMATS = ['console', 'json', 'sarif'] as const;

/** A format of a report. */
export type Format = (typeof FORMATS)[number];

/** The sets of controls that can be chosen. */
export const PROFILES = ['pss-baseline', 'pss-restricted', 'all'] as const;

/** A set of controls. */
export type Profile = (typeof PROFILES)[number];

/** The newest minor release that there is something to say of. */
const NEWEST_MINOR = Number(TARGET_KUBERNETES.split('.')[1]);

/** `keelson check` as it was typed. */
export interface CheckFlags {
  readonly format: string;
  readonly failOn: string;
  readonly profile: string;
  readonly kubernetesVersion: string;
  /** Ids of the only controls to use. @default - all of the profile */
  readonly control?: readonly string[];
  readonly live?: boolean;
  readonly kubeconfig?: string;
  /** A file with waivers. */
  readonly waivers?: string;
}

/** `keelson check`, understood. */
export interface CheckOptions {
  readonly paths: readonly string[];
  readonly format: Format;
  readonly failOn: Severity;
  readonly profile: Profile;
  /** The release by whose rules objects are judged; older ones than keelson targets, too. */
  readonly version: `1.${number}`;
  readonly controls: readonly string[];
  readonly live: boolean;
  readonly kubeconfig?: string;
  readonly waivers?: string;
}

/**
 * Understands a command line.
 *
 * @param known the ids of all controls
 * @throws KeelsonError (`cli/usage`) naming every option that is not valid
 */
export function checkOptions(
  paths: readonly string[],
  flags: CheckFlags,
  known: readonly string[],
): CheckOptions {
  const problems: Problem[] = [];
  const refuse = (where: string, message: string, fix: string): void => {
    problems.push({ code: 'cli/usage', where, message, fix });
  };
  const oneOf = <T extends string>(option: string, value: string, allowed: readonly T[]): T => {
    if (!(allowed as readonly string[]).includes(value))
      refuse(option, `"${value}" is not one of its values.`, `Use one of: ${allowed.join(', ')}.`);
    return value as T;
  };
  const options: CheckOptions = {
    paths,
    format: oneOf('--format', flags.format, FORMATS),
    failOn: oneOf('--fail-on', flags.failOn, SEVERITIES),
    profile: oneOf('--profile', flags.profile, PROFILES),
    version: flags.kubernetesVersion as `1.${number}`,
    controls: flags.control ?? [],
    live: flags.live === true,
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
    ...(flags.waivers === undefined ? {} : { waivers: flags.waivers }),
  };
  for (const id of options.controls) {
    if (!known.includes(id))
      refuse('--control', `There is no control "${id}".`, 'Run `keelson controls` to see them.');
  }
  const minor = /^v?1\.(0|[1-9][0-9]?)$/.exec(flags.kubernetesVersion)?.[1];
  if (minor === undefined || Number(minor) > NEWEST_MINOR)
    refuse(
      '--kubernetes-version',
      `"${flags.kubernetesVersion}" is no release from 1.0 to ${TARGET_KUBERNETES}.`,
      'Give major and minor version, for example 1.37.',
    );
  if (paths.length === 0 && !options.live)
    refuse(
      'check',
      'It names nothing to check.',
      'Name files or folders, "-" for standard input, or --live.',
    );
  if (options.kubeconfig !== undefined && !options.live)
    refuse('--kubeconfig', 'It has no use without --live.', 'Add --live, or leave it out.');
  throwIfAny(problems);
  return { ...options, version: `1.${Number(minor)}` };
}
