import type { IConstruct } from 'constructs';
import {
  DEFAULT_POSTURE,
  deepFreeze,
  settingValue,
  throwIfAny,
  type PostureChanges,
  type PostureSettings,
  type Problem,
  type WaiverGrant,
} from '../../model';
import { isWaived } from '../../model';
import { looserThan } from './looser';

/** What a scope has of a posture: what counts there, and who answers for a relaxed profile. */
interface Held {
  readonly settings: PostureSettings;
  readonly profileGrant?: WaiverGrant;
}

const held = new WeakMap<IConstruct, Held>();
/** Scopes below which something was built by what counted then. */
const asked = new WeakSet<IConstruct>();

/**
 * How strict everything below a scope is. It is inherited down the tree; any scope can be stricter than the one above it, and
 * only a waiver makes something less strict.
 */
export class Posture {
  /** The posture that counts at a scope. Its settings stay as they are from here on: what is built by them must be true. */
  public static of(scope: IConstruct): PostureSettings {
    for (const ancestor of scope.node.scopes) asked.add(ancestor);
    return heldAt(scope).settings;
  }

  /**
   * Makes everything below a scope stricter.
   *
   * @throws KeelsonError naming every setting that is less strict than what is inherited or no value, and where something
   *   below the scope was built already
   */
  public static tighten(scope: IConstruct, changes: PostureChanges): void {
    const { settings: inherited, profileGrant } = heldAt(scope);
    const said = Object.entries(changes).filter(([, value]) => value !== undefined);
    const { profile = inherited.profile, ...others } = Object.fromEntries(said) as PostureChanges;
    const where = `${scope.node.path === '' ? 'app' : scope.node.path}.posture`;
    throwIfAny(unknownSettings(where, said));
    // A copy: whoever gave the settings, or asks for them, cannot change them afterwards.
    const settings = deepFreeze({
      ...inherited,
      ...structuredClone(others),
      profile: settingValue(profile) as PostureSettings['profile'],
    });
    const problems = looserThan(inherited, settings, isWaived(profile)).map(({ setting, message, fix }) => ({
      code: 'posture/invalid' as const,
      where: `${where}.${setting}`,
      message,
      fix,
    }));
    throwIfAny(
      asked.has(scope)
        ? [
            ...problems,
            {
              code: 'posture/invalid',
              where,
              message: 'Something below was built by the posture that counted until now.',
              fix: 'Set the posture of a scope before anything is made in it.',
            },
          ]
        : problems,
    );
    held.set(scope, { settings, profileGrant: isWaived(profile) ? profile.grant : profileGrant });
  }

  /** Who answers for a profile that is less than restricted; undefined where it is restricted. */
  public static profileGrantOf(scope: IConstruct): WaiverGrant | undefined {
    return heldAt(scope).profileGrant;
  }
}

/** A misspelt setting would be none, and nobody would miss it. */
function unknownSettings(where: string, said: readonly (readonly [string, unknown])[]): readonly Problem[] {
  return said
    .filter(([setting]) => !Object.hasOwn(DEFAULT_POSTURE, setting))
    .map(([setting]) => ({
      code: 'posture/invalid',
      where: `${where}.${setting}`,
      message: 'There is no such setting.',
      fix: `Use ${Object.keys(DEFAULT_POSTURE).join(', ')}.`,
    }));
}

function heldAt(scope: IConstruct): Held {
  for (const ancestor of [...scope.node.scopes].reverse()) {
    const found = held.get(ancestor);
    if (found !== undefined) return found;
  }
  return { settings: DEFAULT_POSTURE };
}
