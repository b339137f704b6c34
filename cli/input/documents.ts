import type { Event } from 'js-yaml';
import type { Problem } from '../../model';
import { batches, type Batch } from './batch';
import { construct } from './construct';
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
  for (const batch of batches(text, splitYaml(text))) {
    if (batch.events !== undefined) parsed = { of: batch.again, events: batch.events };
    for (const [index, piece] of batch.pieces.entries()) {
      const document =
        batch.events === undefined
          ? yamlDocument(source, text, piece, report)
          : batchedDocument(source, batch, index, report);
      if (document !== undefined) yield document;
    }
  }
}

function yamlDocument(source: string, whole: string, piece: Piece, report: Report): Document | undefined {
  const text = whole.slice(piece.start, piece.end);
  return guarded(source, text, piece, 0, report, () => {
    if (piece.afterMarker !== undefined)
      throw new YamlProblem(
        `"--- ${piece.afterMarker.slice(0, 40)}" holds more than the mark of a new document.`,
        -1,
        'Put what follows "---" on a line of its own.',
      );
    if (text.length < 100 && text.trim() === '') return undefined;
    const { value } = parseYaml(text);
    if (value === null) return undefined;
    return located(value, piece, () => new Positions(parseYaml(text).events, text));
  });
}

/** The events of the batch that was last read or asked for: most findings come while their document is at hand. */
let parsed: { readonly of: Batch['again']; readonly events: readonly (readonly Event[])[] } | undefined;

function batchedDocument(
  source: string,
  { pieces, text, events, again }: Batch,
  index: number,
  report: Report,
): Document | undefined {
  const piece = pieces[index]!;
  const start = piece.start - pieces[0]!.start;
  return guarded(source, text, piece, start, report, () => {
    const value = construct(events![index]!, text);
    if (value === null) return undefined;
    const end = start + piece.end - piece.start;
    return located(value, piece, () => {
      if (parsed?.of !== again) parsed = { of: again, events: again() };
      return new Positions(parsed.events[index]!, text, start, end);
    });
  });
}

function jsonDocument(
  source: string,
  whole: string,
  piece: JsonPiece,
  report: Report,
): Document | 'not json' | undefined {
  const text = whole.slice(piece.start, piece.end);
  return guarded(source, text, piece, 0, report, () => {
    const parsed = parseJson(text, piece.depth);
    if (parsed === undefined) return 'not json';
    return located(parsed.value, piece, () => new Positions(eventsOfJson(text), text));
  });
}

/** Where the parts of a document stand. Only the newest is held: a hundred thousand of them would be too much. */
let held: { readonly piece: Piece; readonly positions: Positions } | undefined;

function located(value: unknown, piece: Piece, find: () => Positions): Document {
  return {
    value,
    lineOf: (path) => {
      if (held?.piece !== piece) held = { piece, positions: find() };
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
  start: number,
  report: Report,
  read: () => T,
): T | undefined {
  try {
    if (piece.end - piece.start > MAX_DOCUMENT)
      throw new YamlProblem(
        `A document is larger than ${MAX_DOCUMENT / 1024 / 1024} MiB.`,
        0,
        'Divide it: no Kubernetes object is that large.',
      );
    return read();
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    const before = text.slice(start, Math.max(start, error.offset));
    const line = piece.line + (error.offset < 0 ? -1 : before.split('\n').length - 1);
    report({ code: 'check/yaml', where: `${source}:${line}`, message: error.reason, fix: error.fix });
    return undefined;
  }
}
