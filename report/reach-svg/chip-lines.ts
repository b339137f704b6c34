import type { Chip } from './chips';
import { CHIPS, LINE, SIZE } from './ledger-columns';
import { groupOf, rectAt, shorten, textAt, widthOf } from './shapes';
import { styleOf } from './strength';

/** A chip with its place in pixels from the side of the name, and its line. */
export interface PlacedChip extends Chip {
  readonly x: number;
  readonly line: number;
  readonly width: number;
}

/** Chips beside each other, in as many lines as they need. */
export function placed(chips: readonly Chip[]): {
  readonly chips: readonly PlacedChip[];
  readonly lines: number;
} {
  const found: PlacedChip[] = [];
  let [x, line] = [0, 0];
  for (const chip of chips) {
    const ports = shorten(chip.ports, CHIPS / 2, SIZE);
    const label = shortened(chip.label, CHIPS - widthOf(ports, SIZE) - 24);
    const width = widthOf(label, SIZE) + widthOf(ports, SIZE) + 18;
    if (x > 0 && x + width > CHIPS) [x, line] = [0, line + 1];
    found.push({ ...chip, label, ports, x, line, width });
    x += width + 6;
  }
  return { chips: found, lines: found.length === 0 ? 0 : line + 1 };
}

/** A name that fits: of a namespace and a name, both are told from others. */
function shortened(label: string, width: number): string {
  const at = label.indexOf('/');
  if (at < 0 || widthOf(label, SIZE) <= width) return shorten(label, width, SIZE);
  const namespace = shorten(label.slice(0, at), width * 0.45, SIZE);
  return `${namespace}/${shorten(label.slice(at + 1), width - widthOf(`${namespace}/`, SIZE) - 2, SIZE)}`;
}

/** A chip drawn at a place. */
export function chipAt(
  { label, ports, strength, title, line, width }: PlacedChip,
  x: number,
  y: number,
): string {
  const top = y + 4 + line * LINE;
  return groupOf(styleOf(strength), title, [
    rectAt(x, top, width, LINE - 2),
    textAt({ x: x + 5, y: top + 13, size: SIZE }, label),
    textAt({ x: x + width - 5, y: top + 13, size: SIZE, anchor: 'end', style: 'ports-of' }, ports),
  ]);
}
