import {
  keyOf,
  stepName,
  type AccessAnalysis,
  type AccessPath,
  type Right,
  type SubjectAccess,
} from '../authorization';
import { groupOf, rectAt, shorten, textAt, widthOf, xmlText } from './reach-svg/shapes';
import { STYLE } from './reach-svg/style';

const TITLE = 'Who may do what, and who can become an administrator';
const MARGIN = 16;
const SIZE = 12;
const ROW = 26;
const BOX = 20;
const ARROW = 24;
/** The widest box, in pixels: what is longer loses its middle, and a pointer that rests on it is told all. */
const WIDEST = 300;

/**
 * Who may do what as a picture: a row for each subject with what it reads and changes in each place, and a row for each way to
 * cluster-admin with its steps. The bytes depend on the data alone; it has no script, and refers to nothing.
 */
export function accessSvg({ subjects, paths }: AccessAnalysis): string {
  const drawn = [
    [textAt({ x: 0, y: 18, size: 18, style: 'strong' }, TITLE)],
    ...subjects.map(subjectRow),
    [textAt({ x: 0, y: 16, size: SIZE, style: 'strong' }, countOf(paths))],
    ...paths.map(pathRow),
  ];
  const rows = drawn.map(
    (shapes, index) => `<g transform="translate(${MARGIN} ${MARGIN + index * ROW})">${shapes.join('')}</g>`,
  );
  const width =
    2 * MARGIN + Math.max(widthOf(TITLE, 18), ...subjects.map(subjectWidth), ...paths.map(pathWidth));
  const height = 2 * MARGIN + drawn.length * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="access-title access-desc">`,
    `<title id="access-title">${TITLE}</title>`,
    `<desc id="access-desc">${xmlText(countOf(paths))}</desc>`,
    `<style>${STYLE}</style>`,
    rectAt(0, 0, width, height, 'page'),
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

function countOf(paths: readonly AccessPath[]): string {
  return paths.length === 0 ? 'No way leads to cluster-admin.' : `Ways to cluster-admin: ${paths.length}`;
}

/** What somebody does in one place. */
interface Place {
  readonly text: string;
  readonly title: string;
  readonly changes: boolean;
}

const READS = ['get', 'list', 'watch'];

function placesOf({ rights }: SubjectAccess): readonly Place[] {
  const byPlace = new Map<string, Right[]>();
  for (const right of rights) {
    const place = right.namespace ?? 'everywhere';
    byPlace.set(place, [...(byPlace.get(place) ?? []), right]);
  }
  return [...byPlace].map(([place, there]) => {
    const changed = new Set(
      there.filter(({ verbs }) => verbs.some((verb) => !READS.includes(verb))).flatMap(({ what }) => what),
    );
    const seen = new Set(there.flatMap(({ what }) => what));
    return {
      text: `${place}: sees ${seen.size}, changes ${changed.size}`,
      title: there
        .map(({ verbs, what, names }) => `${verbs.join(',')} ${what.join(', ')} ${names.join(', ')}`.trim())
        .join('\n'),
      changes: changed.size > 0,
    };
  });
}

function subjectRow(access: SubjectAccess): readonly string[] {
  const boxes = placesOf(access).map(({ text, title, changes }) => ({
    text,
    title,
    style: changes ? 'wide' : 'ports',
  }));
  return rowOf([{ text: keyOf(access.subject), title: keyOf(access.subject), style: 'band' }, ...boxes], 8);
}

function subjectWidth(access: SubjectAccess): number {
  return widthOfRow([keyOf(access.subject), ...placesOf(access).map(({ text }) => text)], 8);
}

function pathRow({ subject, steps }: AccessPath): readonly string[] {
  return rowOf(
    [
      { text: keyOf(subject), title: keyOf(subject), style: 'wide' },
      ...steps.map((step) => ({
        text: stepName(step),
        title: `${step.title}: ${step.because}`,
        style: step.to.kind === 'Cluster' ? 'unheld' : 'ports',
      })),
    ],
    ARROW,
  );
}

function pathWidth({ subject, steps }: AccessPath): number {
  return widthOfRow([keyOf(subject), ...steps.map(stepName)], ARROW);
}

function rowOf(
  boxes: readonly { text: string; title: string; style: string }[],
  gap: number,
): readonly string[] {
  let x = 0;
  return boxes.map(({ text, title, style }, index) => {
    const width = boxWidth(text);
    const arrow = gap === ARROW && index > 0 ? textAt({ x: x - 18, y: 15, size: SIZE }, '→') : '';
    const shown = textAt({ x: x + 6, y: 15, size: SIZE }, shorten(text, width - 12, SIZE));
    const box = groupOf(style, title, [rectAt(x, 0, width, BOX), shown]);
    x += width + gap;
    return arrow + box;
  });
}

function boxWidth(text: string): number {
  return Math.min(WIDEST, widthOf(text, SIZE) + 12);
}

function widthOfRow(texts: readonly string[], gap: number): number {
  return texts.reduce((sum, text) => sum + boxWidth(text) + gap, 0);
}
