import type { Severity } from '../model';

/** Colours a text for a terminal, or leaves it as it is. */
export interface Palette {
  severity(severity: Severity, text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

const CODES: Readonly<Record<Severity, string>> = { critical: '1;31', high: '31', medium: '33', low: '36' };

const paint = (code: string, text: string): string => `\x1b[${code}m${text}\x1b[0m`;

const COLOURED: Palette = {
  severity: (severity, text) => paint(CODES[severity], text),
  strong: (text) => paint('1', text),
  faint: (text) => paint('2', text),
};

const PLAIN: Palette = { severity: (_, text) => text, strong: (text) => text, faint: (text) => text };

/**
 * Colours for where the text goes: none in a file or pipe, nor where `NO_COLOR` is set to anything (no-color.org).
 *
 * @param isTerminal whether a person reads it
 */
export function paletteFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Palette {
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' ? COLOURED : PLAIN;
}
