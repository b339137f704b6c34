import { EVENT_ID, getScalarValue, type Event } from 'js-yaml';
import { startOf } from './construct';

/** A key of a mapping, and its value's node. */
interface Key {
  readonly name: string;
  readonly node: number;
  readonly offset: number;
}

/** Finds where in a document a field stands. Each container is walked once, so that many fields cost little more than one. */
export class Positions {
  private readonly ends: Int32Array;
  private readonly children = new Map<number, readonly number[]>();
  private readonly keys = new Map<number, readonly Key[]>();
  private readonly breaks: number[] = [];

  /**
   * @param events the events of the document
   * @param text the text that they point into
   * @param start offset in the text at which the document starts
   * @param end offset at which it ends
   */
  public constructor(
    private readonly events: readonly Event[],
    private readonly text: string,
    start = 0,
    end = text.length,
  ) {
    this.ends = new Int32Array(events.length);
    const open: number[] = [];
    events.forEach(({ type }, index) => {
      this.ends[index] = index;
      if (type === EVENT_ID.POP) this.ends[open.pop()!] = index;
      else if (type !== EVENT_ID.SCALAR && type !== EVENT_ID.ALIAS) open.push(index);
    });
    for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1))
      this.breaks.push(at);
  }

  /**
   * The line of a field, or of what is nearest above it where the document does not have it.
   *
   * @param path for example `spec.containers[0].image`; empty for the whole document
   * @returns the line within the document, from 0
   */
  public line(path: string): number {
    return this.lineAt(this.offset(path));
  }

  /** The line of an offset, from 0. */
  public lineAt(offset: number): number {
    let [low, high] = [0, this.breaks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.breaks[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private offset(path: string): number {
    let node = 1;
    if (this.events[node] === undefined) return 0;
    let offset = startOf(this.events[node]!);
    for (let rest = path; rest !== '';) {
      const step = this.step(node, rest);
      if (step === undefined) break;
      ({ node, offset, rest } = step);
    }
    return offset;
  }

  private step(node: number, path: string): { node: number; offset: number; rest: string } | undefined {
    const children = this.childrenOf(node);
    const index = path.startsWith('[') ? /^\[(\d+)\]\.?/.exec(path) : null;
    if (index !== null) {
      const child = children[Number(index[1])];
      if (this.events[node]!.type !== EVENT_ID.SEQUENCE || child === undefined) return undefined;
      return { node: child, offset: startOf(this.events[child]!), rest: path.slice(index[0].length) };
    }
    if (this.events[node]!.type !== EVENT_ID.MAPPING) return undefined;
    // A key may hold dots itself, so the longest that fits is meant.
    let found: { node: number; offset: number; rest: string } | undefined;
    for (const { name, node: value, offset } of this.keysOf(node, children)) {
      if (!path.startsWith(name)) continue;
      const next = path.charAt(name.length);
      if (next !== '' && next !== '.' && next !== '[') continue;
      const rest = path.slice(name.length + (next === '.' ? 1 : 0));
      if (found === undefined || rest.length < found.rest.length) found = { node: value, offset, rest };
    }
    return found;
  }

  private keysOf(node: number, children: readonly number[]): readonly Key[] {
    const known = this.keys.get(node);
    if (known !== undefined) return known;
    const keys: Key[] = [];
    for (let i = 0; i + 1 < children.length; i += 2) {
      const key = this.events[children[i]!]!;
      if (key.type === EVENT_ID.SCALAR)
        keys.push({ name: getScalarValue(this.text, key), node: children[i + 1]!, offset: startOf(key) });
    }
    this.keys.set(node, keys);
    return keys;
  }

  private childrenOf(node: number): readonly number[] {
    const known = this.children.get(node);
    if (known !== undefined) return known;
    const children: number[] = [];
    for (let i = node + 1; i < this.ends[node]!; i = this.ends[i]! + 1) children.push(i);
    this.children.set(node, children);
    return children;
  }
}
