/** What a relaxed setting carries: who answers for it, why, and until when. */
export interface WaiverGrant {
  /** Who answers for it: a person or a team that can be asked. */
  readonly owner: string;
  /** Why the control cannot be met, in at least ten characters. */
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

declare const WAIVED: unique symbol;

/** A setting that is less strict than the posture, with its waiver. Only `waived` makes one. */
export interface Waived<T> {
  readonly value: T;
  readonly grant: WaiverGrant;
  /** Keeps a plain object from passing for one. */
  readonly [WAIVED]: true;
}

const made = new WeakSet<object>();

/**
 * Relaxes one setting of a construct. The construct declares the waivers of the controls that the setting breaks, for
 * itself only, so that synth, preview and the API server let it pass until the day is over.
 *
 * @example user: waived(999, { owner: 'data team', reason: 'files of the image belong to 999', expires: '2027-03-31' })
 */
export function waived<const T>(value: T, grant: WaiverGrant): Waived<T> {
  const setting = { value, grant } as Waived<T>;
  made.add(setting);
  return setting;
}

/** Whether a setting was relaxed by `waived`. */
export function isWaived<T>(setting: unknown): setting is Waived<T> {
  return typeof setting === 'object' && setting !== null && made.has(setting);
}

/** The value of a setting, relaxed or not. */
export function settingValue<T>(setting: T | Waived<T>): T {
  return isWaived<T>(setting) ? setting.value : (setting as T);
}
