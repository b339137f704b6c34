import type { Drawing } from './matrix';
import { groupOf, rectAt, textAt, widthOf } from './shapes';
import { marked, styleOf, WIDE, type Strength } from './strength';

const ENTRIES: readonly (readonly [sample: string, Strength, meaning: string])[] = [
  ['8080', { kind: 'ports', possible: false }, 'open on these ports'],
  ['all', { kind: 'wide', possible: false }, `open on all ports of a protocol, or on ${WIDE} and more`],
  ['all', { kind: 'unheld', possible: false }, 'open, and no policy holds either end'],
  ['8080', { kind: 'ports', possible: true }, 'possibly open: nobody can tell from the objects'],
];

const SAMPLE = 56;

/** What the boxes mean. */
export function legendOf(): Drawing {
  let x = 0;
  const shapes = ENTRIES.flatMap(([sample, strength, meaning]) => {
    const at = x;
    x += SAMPLE + 8 + widthOf(meaning, 11) + 24;
    return [
      groupOf(styleOf(strength), meaning, [
        rectAt(at, 0, SAMPLE, 18),
        textAt({ x: at + SAMPLE / 2, y: 13, size: 11, anchor: 'middle' }, marked(sample, strength)),
      ]),
      textAt({ x: at + SAMPLE + 8, y: 13, size: 11 }, meaning),
    ];
  });
  return { width: x, height: 18, shapes };
}
