import { printable } from '../printable';

/** The width of a character of the fonts in use, as a part of their size: the widest of the usual ones. */
const ADVANCE = 0.61;

/** What XML has no place for, even as a reference: half characters, and two code points that are none. */
const NOT_XML = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text from somebody else's file as it is drawn: see `printable`. */
export function shownText(text: string): string {
  return printable(text).replace(NOT_XML, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}

/** The same as it may stand in XML, between tags and in attributes. */
export function xmlText(text: string): string {
  return shownText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** How wide a text becomes, in pixels. */
export function widthOf(text: string, size: number): number {
  return Math.ceil(shownText(text).length * size * ADVANCE);
}

/** How many characters have room in so many pixels. */
export function charactersIn(width: number, size: number): number {
  return Math.max(0, Math.floor(width / (size * ADVANCE)));
}

/** A text that fits, with its middle left out where it must be: both ends of a name tell it from others. */
export function shorten(text: string, width: number, size: number): string {
  const shown = shownText(text);
  const room = Math.max(3, charactersIn(width, size));
  if (shown.length <= room) return shown;
  const tail = Math.floor((room - 1) / 2);
  const parts = [shown.slice(0, room - 1 - tail), shown.slice(shown.length - tail)];
  // A character of two halves may stand where it is cut.
  return parts.map((part) => part.replace(NOT_XML, '')).join('…');
}

/** Where a text stands, and how. */
export interface TextPlace {
  readonly x: number;
  readonly y: number;
  /** The size of the font in pixels. */
  readonly size: number;
  /** Classes of the style sheet. @default - none */
  readonly style?: string;
  /** @default - it starts at x */
  readonly anchor?: 'middle' | 'end';
  /** It runs upwards. @default - false */
  readonly upright?: boolean;
}

/** A line of text. One with characters whose width nobody knows is squeezed into the width that the layout gave it. */
export function textAt(place: TextPlace, text: string): string {
  const { x, y, size, style, anchor, upright } = place;
  const shown = shownText(text);
  const attributes = [
    upright ? `transform="translate(${x} ${y}) rotate(-90)"` : `x="${x}" y="${y}"`,
    `font-size="${size}"`,
    ...(style === undefined ? [] : [`class="${style}"`]),
    ...(anchor === undefined ? [] : [`text-anchor="${anchor}"`]),
    ...(/^[ -~…→←]*$/.test(shown)
      ? []
      : [`textLength="${widthOf(shown, size)}" lengthAdjust="spacingAndGlyphs"`]),
  ];
  return `<text ${attributes.join(' ')}>${xmlText(shown)}</text>`;
}

/** A rectangle; its colours are those of its class. */
export function rectAt(x: number, y: number, width: number, height: number, style?: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}"${style === undefined ? '' : ` class="${style}"`}/>`;
}

/** Shapes that belong together, with what a pointer that rests on them is told. */
export function groupOf(style: string, title: string, shapes: readonly string[]): string {
  return `<g class="${style}"><title>${xmlText(title)}</title>${shapes.join('')}</g>`;
}
