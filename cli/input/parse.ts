import { parseEvents, YAMLException, type Event } from 'js-yaml';
import { construct, MAX_DEPTH, tooDeep } from './construct';
import { YamlProblem } from './yaml-problem';

/** Line breaks of YAML 1.1, which kubectl obeys and the parser does not: a comment could hide a setting behind one. */
export const OLD_BREAKS = /[\u0085\u2028\u2029]/;

/** A document as it was read, with what is needed to find its parts again. */
export interface Parsed {
  readonly value: unknown;
  readonly events: readonly Event[];
}

/**
 * Reads the text of one YAML document.
 *
 * @throws YamlProblem where it is none, or where kubectl would read it otherwise
 */
export function parseYaml(text: string): Parsed {
  const old = OLD_BREAKS.exec(text);
  if (old !== null)
    throw new YamlProblem(
      `A character (U+${old[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}) stands here that is a line break to kubectl only.`,
      old.index,
      'Remove it, or write it as an escape in a quoted text.',
    );
  const events = eventsOf(text);
  const second = events.findIndex((event, index) => index > 0 && event.type === 1);
  if (second !== -1)
    throw new YamlProblem(
      'Text follows after "...", which kubectl leaves out.',
      Math.max(0, text.search(/^\.\.\.(?=\s|$)/m)),
      'Divide documents by a line "---".',
    );
  return { value: construct(events, text), events };
}

/**
 * Reads the text of one JSON value.
 *
 * @param depth how deep its brackets stand in each other
 * @returns undefined where it is no JSON; it may be YAML then
 * @throws YamlProblem where it is nested too deep or has a key twice
 */
export function parseJson(text: string, depth: number): { readonly value: unknown } | undefined {
  if (depth > MAX_DEPTH) throw tooDeep(0);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  refuseRepeatedKeys(text);
  return { value };
}

/** JSON as the YAML parser takes it: a tab outside of a text is only space, and inside it is not allowed. */
export function eventsOfJson(text: string): readonly Event[] {
  return eventsOf(text.replaceAll('\t', ' '));
}

function refuseRepeatedKeys(text: string): void {
  try {
    construct(eventsOfJson(text), text);
  } catch (error) {
    // What is JSON and no YAML (a very long key) is good enough; its keys are then as the last one has it.
    if (error instanceof YamlProblem && error.reason.includes('twice')) throw error;
  }
}

function eventsOf(text: string): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(0);
    if (!(error instanceof YAMLException)) throw error;
    if (error.reason.includes('maxDepth')) throw tooDeep(error.mark?.position ?? 0);
    const offset = error.mark?.position ?? 0;
    if (text.includes('{{'))
      throw new YamlProblem(
        `It is a template, no YAML (${error.reason}).`,
        Math.min(offset, text.length),
        'Render it first, for example `helm template … | keelson check -`.',
      );
    throw new YamlProblem(
      `It is no YAML: ${error.reason}.`,
      offset,
      'Correct it; kubectl refuses it as well.',
    );
  }
}
