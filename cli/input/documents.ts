import type { Event } from 'js-yaml';
import type { Problem } from '../../model';
import { eventsOfJson, parseJson, parseYaml } from './parse';
import { Positions } from './positions';
import { splitJson, splitYaml, type JsonPiece, type Piece } from './split';
import { YamlProblem } from './yaml-problem';

/** The largest single document that is read, in characters; etcd takes no object over 1.5 MB. */
export const MAX_DOCUMENT = 64 * 1024 * 1024;

/** A document of a file. */
export interface Document {
  /** What it says; never null. */
  readonly value: unknown;
  /** The line of the file on which a field stands, from 1; see `Positions`. */
  lineOf(path: string): number;
}

type Report = (problem: Problem) => void;

/**
 * Reads the documents of a text, one at a time, so that no more than one has to be held.
 *
 * @param source what problems call the text
 * @param text YAML or JSON, without a byte order mark
 * @param report is told of each document that cannot be read; the others are read all the same
 */
export function* readDocuments(source: string, text: string, report: Report): Generator<Document> {
  const first = /\S/.exec(text)?.[0];
  const json = first === '{' || first === '[' ? splitJson(text) : undefined;
  if (json !== undefined && json.length > 0) {
    const begun = jsonDocument(source, text, json[0]!, report);
    if (begun !== 'not json') {
      if (begun !== undefined) yield begun;
      for (const piece of json.slice(1)) {
        const document = jsonDocument(source, text, piece, report);
        if (document === 'not json') report(brokenJson(source, piece));
        else if (document !== undefined) yield document;
      }
      return;
    }
  }
  for (const piece of splitYaml(text)) {
    const document = yamlDocument(source, text, piece, report);
    if (document !== undefined) yield document;
  }
}

function yamlDocument(source: string, whole: string, piece: Piece, report: Report): Document | undefined {
  const text = whole.slice(piece.start, piece.end);
  return guarded(source, text, piece, report, () => {
    if (piece.afterMarker !== undefined)
      throw new YamlProblem(
        `"--- ${piece.afterMarker.slice(0, 40)}" holds more than the mark of a new document.`,
        -1,
        'Put what follows "---" on a line of its own.',
      );
    if (text.length < 100 && text.trim() === '') return undefined;
    const { value, events } = parseYaml(text);
    if (value === null) return undefined;
    return located(value, piece, text, () => parseYaml(text).events, events);
  });
}

function jsonDocument(
  source: string,
  whole: string,
  piece: JsonPiece,
  report: Report,
): Document | 'not json' | undefined {
  const text = whole.slice(piece.start, piece.end);
  return guarded(source, text, piece, report, () => {
    const parsed = parseJson(text, piece.depth);
    return parsed === undefined ? 'not json' : located(parsed.value, piece, text, () => eventsOfJson(text));
  });
}

/** Where the parts of a document stand. Only the newest is held; another is read again when it is asked for. */
let held: { readonly piece: Piece; events?: readonly Event[]; positions?: Positions } | undefined;

function located(
  value: unknown,
  piece: Piece,
  text: string,
  read: () => readonly Event[],
  events?: readonly Event[],
): Document {
  held = { piece, ...(events === undefined ? {} : { events }) };
  return {
    value,
    lineOf: (path) => {
      if (held?.piece !== piece) held = { piece };
      held.positions ??= new Positions(held.events ?? read(), text);
      return piece.line + held.positions.line(path);
    },
  };
}

function brokenJson(source: string, { line }: Piece): Problem {
  return {
    code: 'check/yaml',
    where: `${source}:${line}`,
    message: 'It is no JSON, though what stands before it is.',
    fix: 'Correct it.',
  };
}

function guarded<T>(
  source: string,
  text: string,
  piece: Piece,
  report: Report,
  read: () => T,
): T | undefined {
  try {
    if (text.length > MAX_DOCUMENT)
      throw new YamlProblem(
        `A document is larger than ${MAX_DOCUMENT / 1024 / 1024} MiB.`,
        0,
        'Divide it: no Kubernetes object is that large.',
      );
    return read();
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    const before = text.slice(0, Math.max(0, error.offset));
    const line = piece.line + (error.offset < 0 ? -1 : before.split('\n').length - 1);
    report({ code: 'check/yaml', where: `${source}:${line}`, message: error.reason, fix: error.fix });
    return undefined;
  }
}
