import type { RecommendationId } from '../../model';

/** The edition of the CIS Kubernetes Benchmark that the items in {@link Setting.cis} are numbered by. */
export const CIS_BENCHMARK = '1.12';

/** One flag of a control plane component, with the reason it is there. */
export interface Setting {
  /** Name of the flag without dashes, for example `profiling`. */
  readonly name: string;
  readonly value: string;
  /**
   * The recommendation of the guidance that the setting serves.
   * @default - none: the component needs it to work
   */
  readonly recommendation?: RecommendationId;
  /**
   * Items of the CIS Kubernetes Benchmark that the setting answers, for example `1.2.15`.
   * @default - none
   */
  readonly cis?: readonly string[];
}

/** A setting in one line. Numbers and switches are written as the flag expects them. */
export function setting(
  name: string,
  value: string | number | boolean,
  recommendation?: RecommendationId,
  ...cis: readonly string[]
): Setting {
  return {
    name,
    value: String(value),
    ...(recommendation === undefined ? {} : { recommendation }),
    ...(cis.length === 0 ? {} : { cis }),
  };
}

/** The settings as command line arguments, in their order. No setting holds a secret, so this may be logged. */
export function commandLine(settings: readonly Setting[]): readonly string[] {
  return settings.map(({ name, value }) => `--${name}=${value}`);
}
