import type { Problem } from '../../model';
import { shown } from '../validation';

/** The last port that there is. */
export const LAST_PORT = 65535;

/** The most ports that a range may hold: half of them all. More would be a way to say "all ports". */
export const WIDEST_RANGE = 32768;

/** What is wrong with the number of a port; nothing where it is one. */
export function numberProblems(where: string, number: unknown): readonly Problem[] {
  const isPort = typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= LAST_PORT;
  return isPort
    ? []
    : [invalid(where, `${shown(number)} is not a port.`, `Use a whole number from 1 to ${LAST_PORT}.`)];
}

/** What is wrong with the name of a port, by the rules of IANA's registry, which Kubernetes has as well. */
export function nameProblems(where: string, name: unknown): readonly Problem[] {
  const isName =
    typeof name === 'string' &&
    name.length <= 15 &&
    /[a-z]/.test(name) &&
    /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
  return isName
    ? []
    : [
        invalid(
          where,
          `${shown(name)} is not the name of a port.`,
          'Use up to 15 lower case letters, digits and single dashes, at least one of them a letter.',
        ),
      ];
}

/** A problem at a place in the program. */
export function invalid(where: string, message: string, fix: string): Problem {
  return { code: 'construct/invalid', where, message, fix };
}
