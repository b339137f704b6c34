import type { Flow } from '../../reachability';
import { axisOf, HEADING, isExpanded, type Axis, type Slot } from './axis';
import type { Scene } from './scene';
import { charactersIn, groupOf, rectAt, shorten, textAt, widthOf } from './shapes';
import { brief, marked, strengthOf, styleOf, type Strength } from './strength';

/** A part of the picture, with its size in pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly string[];
}

const ROW = 20;
const LABEL = 11;
const LONGEST_LABEL = 230;
/** Columns that fit beside each other in their wide form. */
const ROOMY_COLUMNS = 20;

/** Who reaches whom: rows are sources, columns are destinations, and what is denied in all ports is left empty. */
export function matrixOf(scene: Scene): Drawing {
  const roomy = axisOf(scene, 'to', 1).slots.length <= ROOMY_COLUMNS;
  const cell = roomy ? { width: 62, size: 10 } : { width: 29, size: 9 };
  const [rows, columns] = [axisOf(scene, 'from', ROW), axisOf(scene, 'to', cell.width)];
  const left = roomFor(rows.slots) + 10;
  const top = roomFor([...columns.slots, ...columns.headings]) + 10;
  const characters = charactersIn(cell.width - 1, cell.size);
  const cells = [...cellsOf(scene, rows, columns)].map(({ row, column, flows }) => {
    const strength = strengthOf(flows);
    const [x, y] = [left + column.offset, top + row.offset];
    const text = isExpanded(scene)
      ? brief(flows, strength, characters)
      : counted(flows, strength, characters);
    const style = column.members[0] === 'dns' ? `${styleOf(strength)} dns` : styleOf(strength);
    return groupOf(style, titleOf(scene, row, column, flows), [
      rectAt(x + 1, y + 1, cell.width - 2, ROW - 2),
      textAt({ x: x + cell.width / 2, y: y + 14, size: cell.size, anchor: 'middle' }, text),
    ]);
  });
  return {
    width: left + columns.length,
    height: top + rows.length,
    shapes: [...gridOf(rows, columns, left, top, cell.width), ...cells],
  };
}

function roomFor(labelled: readonly { readonly label: string }[]): number {
  return Math.min(LONGEST_LABEL, Math.max(60, ...labelled.map(({ label }) => widthOf(label, LABEL)))) + 6;
}

function gridOf(rows: Axis, columns: Axis, left: number, top: number, width: number): readonly string[] {
  const [right, bottom] = [left + columns.length, top + rows.length];
  const label = { size: LABEL };
  return [
    ...rows.slots.map(({ offset }, index) =>
      rectAt(0, top + offset, right, ROW, index % 2 === 0 ? 'band' : 'bare'),
    ),
    ...columns.slots.map(({ offset }) => rectAt(left + offset, top, 1, rows.length, 'line')),
    ...rows.headings.map(({ offset }) => rectAt(0, top + offset, right, HEADING, 'head')),
    ...columns.headings.map(({ offset }) => rectAt(left + offset, 0, HEADING, bottom, 'head')),
    ...sameSlots(rows, columns).map(([row, column]) =>
      rectAt(left + column.offset + 1, top + row.offset + 1, width - 2, ROW - 2, 'same'),
    ),
    ...rows.headings.map(({ offset, label: text }) =>
      textAt(
        { x: 4, y: top + offset + 14, ...label, style: 'strong' },
        shorten(text, left + columns.length - 8, LABEL),
      ),
    ),
    ...columns.headings.map(({ offset, label: text }) =>
      textAt(
        { x: left + offset + 14, y: top - 6, ...label, style: 'strong', upright: true },
        shorten(text, top - 10, LABEL),
      ),
    ),
    ...rows.slots.map(({ offset, label: text, apart }) =>
      textAt(
        { x: left - 6, y: top + offset + 14, ...label, anchor: 'end', ...(apart ? { style: 'apart' } : {}) },
        shorten(text, left - 10, LABEL),
      ),
    ),
    ...columns.slots.map(({ offset, label: text, apart }) =>
      textAt(
        {
          x: left + offset + width / 2 + 4,
          y: top - 6,
          ...label,
          upright: true,
          ...(apart ? { style: 'apart' } : {}),
        },
        shorten(text, top - 10, LABEL),
      ),
    ),
  ];
}

function sameSlots(rows: Axis, columns: Axis): readonly (readonly [Slot, Slot])[] {
  const byMember = new Map(columns.slots.map((column) => [column.members[0], column]));
  return rows.slots.flatMap((row) => {
    const column = row.apart ? undefined : byMember.get(row.members[0]);
    return column === undefined ? [] : [[row, column] as const];
  });
}

interface Cell {
  readonly row: Slot;
  readonly column: Slot;
  readonly flows: readonly Flow[];
}

/** What is open, and nothing for what is denied. */
function* cellsOf(scene: Scene, rows: Axis, columns: Axis): Generator<Cell> {
  const byMember = new Map(
    columns.slots.flatMap((column) => column.members.map((id) => [id, column] as const)),
  );
  for (const row of rows.slots) {
    const found = new Map<Slot, Flow[]>();
    for (const flow of row.members.flatMap((id) => scene.outgoing.get(id) ?? [])) {
      const column = byMember.get(flow.to);
      if (column === undefined) continue;
      const known = found.get(column);
      if (known === undefined) found.set(column, [flow]);
      else known.push(flow);
    }
    for (const [column, flows] of found) yield { row, column, flows };
  }
}

/** How many pairs are open, and how many of them as widely as the colour says. */
function counted(flows: readonly Flow[], strength: Strength, characters: number): string {
  const alike = flows.filter((flow) => strengthOf([flow]).kind === strength.kind).length;
  const parts = marked(`${alike}/${flows.length}`, strength);
  return alike < flows.length && parts.length <= characters ? parts : marked(`${flows.length}`, strength);
}

function titleOf(scene: Scene, row: Slot, column: Slot, flows: readonly Flow[]): string {
  const [flow] = flows;
  if (isExpanded(scene) && flow !== undefined) return scene.told(flow);
  return `${row.label} → ${column.label}: ${flows.length} of ${row.members.length * column.members.length} pairs`;
}
