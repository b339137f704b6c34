import { DEFAULT_POSTURE, type Finding, type PostureSettings } from '../../model';
import type { Control } from '../control';
import { CONTROLS } from '../controls';
import { controlAt } from '../editions';
import { compileControls, type CompiledControl } from '../engine/compile';
import { withParameters } from '../parameters';
import { judgesAlone } from '../variables';
import { judgeObjects, type CheckedObject } from './check';

/** The parameters that a posture sets, by the id of their control. */
const PARAMETERS: Readonly<Record<string, (posture: PostureSettings) => Readonly<Record<string, unknown>>>> =
  {
    'image-registry': ({ registries }) => ({ registries }),
    'user-range': ({ users: { lowest, highest } }) => ({ lowest, highest }),
  };

/** keelson's controls as a posture has them: with its parameters, and as they are in its version of Kubernetes. */
export function controlsAt(posture: PostureSettings): readonly Control[] {
  return posture === DEFAULT_POSTURE
    ? CONTROLS
    : CONTROLS.map((control) => {
        const parametersOf = PARAMETERS[control.id];
        const edition = controlAt(control, posture.kubernetes);
        return parametersOf === undefined ? edition : withParameters(edition, parametersOf(posture));
      });
}

/** An object to check, and how strict it has to be. */
export interface PosturedObject extends CheckedObject {
  readonly posture: PostureSettings;
}

/**
 * Checks each object by the controls of its own posture.
 *
 * @returns what is broken, in the order of the objects
 */
export function checkByPosture(objects: readonly PosturedObject[]): readonly Finding[] {
  const groups = new Map<string, PosturedObject[]>();
  for (const object of objects) {
    const key = keyOf(object.posture);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [object]);
    else group.push(object);
  }
  if (groups.size === 1) return judgeObjects(objects, compiledAt(objects[0]!.posture));
  const alone = [...groups.values()].flatMap((group) =>
    judgeObjects(
      group,
      compiledAt(group[0]!.posture).filter(({ control }) => judgesAlone(control)),
    ),
  );
  // What lies beside an object may be of another posture.
  const together = judgeObjects(
    objects,
    compiledAt(DEFAULT_POSTURE).filter(({ control }) => !judgesAlone(control)),
  );
  const place = new Map(objects.map(({ source }, index) => [source, index]));
  return [...alone, ...together].sort((a, b) => place.get(a.source)! - place.get(b.source)!);
}

/** Equal texts, equal controls. A posture is the same object for all that inherits it. */
function keyOf(posture: PostureSettings): string {
  const known =
    keys.get(posture) ??
    JSON.stringify([posture.kubernetes, ...Object.values(PARAMETERS).map((of) => of(posture))]);
  keys.set(posture, known);
  return known;
}

const keys = new WeakMap<PostureSettings, string>();

/** The same, compiled; each posture's controls once. */
export function compiledAt(posture: PostureSettings): readonly CompiledControl[] {
  const key = keyOf(posture);
  const known = compiled.get(key) ?? compileControls(controlsAt(posture), { lazily: true });
  compiled.set(key, known);
  return known;
}

const compiled = new Map<string, readonly CompiledControl[]>();
