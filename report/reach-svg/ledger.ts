import type { Point } from '../../reachability';
import { chipAt, placed } from './chip-lines';
import { chipsOf } from './chips';
import { CHIPS, DESTINATIONS, FIXED, LINE, SIZE, X } from './ledger-columns';
import { fixedOf } from './ledger-fixed';
import { nameOf } from './ledger-name';
import type { Drawing } from './matrix';
import type { Scene } from './scene';
import { rectAt, shorten, textAt } from './shapes';

/** The height of a heading, in pixels. */
const TITLE = 24;
const NOTHING: ReadonlySet<string> = new Set();

/** Each point with who can reach it at its left, and what it can reach at its right. */
export function ledgerOf(scene: Scene): Drawing {
  const shapes: string[] = [];
  let y = 0;
  const section = (title: string, points: readonly Point[], isApart: boolean): void => {
    shapes.push(...headOf(title, y, isApart));
    y += TITLE;
    points.forEach((point, index) => {
      const row = rowOf(scene, point, y, index % 2 === 0);
      shapes.push(...row.shapes);
      y += row.height;
    });
    y += 14;
  };
  section('not workloads', scene.others, true);
  for (const { namespace, workloads } of scene.namespaces)
    section(`namespace ${namespace}`, workloads, false);
  return { width: X.end, height: y, shapes };
}

function headOf(title: string, y: number, isApart: boolean): readonly string[] {
  const columns: readonly (readonly [number, string])[] = isApart
    ? []
    : [
        [X.fromOutside, 'outside →'],
        ...DESTINATIONS.map((id, at) => [X.fixed + at * FIXED, `→ ${id}`] as const),
      ];
  return [
    rectAt(0, y, X.end, TITLE, 'head'),
    textAt({ x: 6, y: y + 16, size: SIZE, style: 'strong' }, shorten(title, CHIPS - 110, SIZE)),
    textAt({ x: CHIPS - 6, y: y + 16, size: SIZE, anchor: 'end' }, 'can reach it →'),
    textAt({ x: X.outgoing + 6, y: y + 16, size: SIZE }, '→ it can reach'),
    ...columns.map(([x, text]) => textAt({ x: x + FIXED / 2, y: y + 16, size: 10, anchor: 'middle' }, text)),
  ];
}

function rowOf(scene: Scene, point: Point, y: number, band: boolean): Drawing {
  const isWorkload = point.type === 'workload';
  const sources = isWorkload ? scene.outside : NOTHING;
  const destinations = isWorkload ? new Set([...scene.outside, ...DESTINATIONS]) : NOTHING;
  const incoming = placed(chipsOf(scene, point, 'incoming', sources));
  const outgoing = placed(chipsOf(scene, point, 'outgoing', destinations));
  const name = nameOf(scene, point, y);
  const lines = Math.max(name.lines, incoming.lines, outgoing.lines);
  const height = lines * LINE + 6;
  return {
    width: X.end,
    height,
    shapes: [
      rectAt(0, y, X.end, height, band ? 'band' : 'bare'),
      name.shape,
      ...incoming.chips.map((chip) => chipAt(chip, CHIPS - chip.x - chip.width, y)),
      ...outgoing.chips.map((chip) => chipAt(chip, X.outgoing + chip.x, y)),
      ...(isWorkload ? fixedOf(scene, point, y) : []),
    ],
  };
}
