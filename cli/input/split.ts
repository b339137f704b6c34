/** A piece of a file that is read on its own. */
export interface Piece {
  /** Offset of its first character in the file's text. */
  readonly start: number;
  /** Offset after its last character. */
  readonly end: number;
  /** The file's line on which it starts, from 1. */
  readonly line: number;
  /** What stands after `---` on the line that opens it, where that is no comment: kubectl refuses such a line. */
  readonly afterMarker?: string;
}

/** A JSON value in a text. */
export interface JsonPiece extends Piece {
  /** How deep its brackets stand in each other. */
  readonly depth: number;
}

/**
 * The documents of a YAML text, divided as kubectl does: at every line that starts with `---`. So a document that is
 * broken leaves the others readable.
 *
 * @param text the whole text, without a byte order mark
 */
export function* splitYaml(text: string): Generator<Piece> {
  let start = 0;
  let line = 1;
  let startLine = 1;
  let afterMarker: string | undefined;
  let at = 0;
  while (at <= text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const isMarker = text.startsWith('---', at);
    if (isMarker) {
      yield { start, end: at, line: startLine, ...(afterMarker === undefined ? {} : { afterMarker }) };
      const rest = text.slice(at + 3, end).trim();
      afterMarker = rest === '' || rest.startsWith('#') ? undefined : rest;
      start = Math.min(end + 1, text.length);
      startLine = line + 1;
    }
    if (newline === -1) break;
    // The next marker is searched for at once: most lines are of no interest.
    const next = text.indexOf('\n---', end);
    const stop = next === -1 ? text.length : next;
    for (let i = end; i !== -1 && i <= stop && i < text.length; i = text.indexOf('\n', i + 1)) line++;
    if (next === -1) break;
    at = next + 1;
  }
  yield { start, end: text.length, line: startLine, ...(afterMarker === undefined ? {} : { afterMarker }) };
}

/**
 * The values of a text that is JSON, one after the other as kubectl takes them, or undefined where the brackets do not fit:
 * then it is read as YAML.
 *
 * @param text the whole text, without a byte order mark
 */
export function splitJson(text: string): readonly JsonPiece[] | undefined {
  const pieces: JsonPiece[] = [];
  let depth = 0;
  let deepest = 0;
  let start = 0;
  let line = 1;
  let startLine = 1;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x0a) line++;
    else if (c === 0x22 && depth > 0) {
      i = endOfString(text, i);
      if (i === -1) return undefined;
    } else if (c === 0x7b || c === 0x5b) {
      if (depth++ === 0) [start, startLine, deepest] = [i, line, 0];
      if (depth > deepest) deepest = depth;
    } else if (c === 0x7d || c === 0x5d) {
      if (--depth < 0) return undefined;
      if (depth === 0) pieces.push({ start, end: i + 1, line: startLine, depth: deepest });
    } else if (depth === 0 && c !== 0x20 && c !== 0x09 && c !== 0x0d) return undefined;
  }
  return depth === 0 ? pieces : undefined;
}

/** Offset of the quote that closes a JSON string, or -1. */
function endOfString(text: string, open: number): number {
  for (let end = text.indexOf('"', open + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}
