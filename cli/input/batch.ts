import { EVENT_ID, parseEvents, type Event } from 'js-yaml';
import { MAX_DEPTH, startOf } from './construct';
import { OLD_BREAKS } from './parse';
import type { Piece } from './split';

/** How much text is given to the parser at once, in characters. Each call costs as much as parsing a small document. */
const BATCH = 32 * 1024;

/** Documents that stand next to each other. */
export interface Batch {
  readonly pieces: readonly Piece[];
  /** The events of each document, with offsets in `text`; undefined where each has to be read on its own. */
  readonly events?: readonly (readonly Event[])[];
  /** The text that the events point into. */
  readonly text: string;
  /** Parses the text again, where the events were not kept; same as `events`. */
  readonly again: () => readonly (readonly Event[])[];
}

/** Gathers small documents. */
export function* batches(text: string, pieces: Iterable<Piece>): Generator<Batch> {
  let gathered: Piece[] = [];
  for (const piece of pieces) {
    const first = gathered[0] ?? piece;
    if (gathered.length > 0 && (piece.end - first.start > BATCH || piece.afterMarker !== undefined)) {
      yield batch(text, gathered);
      gathered = [];
    }
    gathered.push(piece);
  }
  if (gathered.length > 0) yield batch(text, gathered);
}

function batch(whole: string, pieces: readonly Piece[]): Batch {
  const start = pieces[0]!.start;
  const text = whole.slice(start, pieces[pieces.length - 1]!.end);
  const events = pieces.length === 1 || OLD_BREAKS.test(text) ? undefined : together(text, start, pieces);
  const again = () => together(text, start, pieces)!;
  return { pieces, text, again, ...(events === undefined ? {} : { events }) };
}

/** Parses several documents at once; gives up where they are not exactly what `splitYaml` found. */
function together(
  text: string,
  start: number,
  pieces: readonly Piece[],
): readonly (readonly Event[])[] | undefined {
  let events: readonly Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch {
    return undefined; // read one by one, the broken one is found and the others are read
  }
  const documents = documentsOf(events);
  // Nothing but comments before the first `---` is no document to the parser.
  if (documents.length === pieces.length - 1) documents.unshift([]);
  if (documents.length !== pieces.length) return undefined;
  const fits = documents.every((document, index) => {
    const node = document[1];
    const offset = node === undefined ? -1 : startOf(node) + start;
    return offset < start || (offset >= pieces[index]!.start && offset < pieces[index]!.end);
  });
  return fits ? documents : undefined;
}

function documentsOf(events: readonly Event[]): (readonly Event[])[] {
  const documents: (readonly Event[])[] = [];
  let from = 0;
  events.forEach(({ type }, index) => {
    if (type !== EVENT_ID.DOCUMENT || index === 0) return;
    documents.push(events.slice(from, index));
    from = index;
  });
  if (events.length > 0) documents.push(events.slice(from));
  return documents;
}
