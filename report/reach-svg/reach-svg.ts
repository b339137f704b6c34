import type { Reachability } from '../../reachability';
import { summaryLines } from '../reach-table';
import { isExpanded } from './axis';
import { ledgerOf } from './ledger';
import { legendOf } from './legend';
import { matrixOf, type Drawing } from './matrix';
import { Scene } from './scene';
import { rectAt, shorten, textAt, xmlText } from './shapes';
import { STYLE } from './style';

const MARGIN = 16;
const TITLE = 'What can reach what, by network policies';

/**
 * What can reach what as a picture: a matrix of all points (of namespaces, where there are more than 70 points), and below it
 * each point with who can reach it and what it can reach. Text is never smaller than 9 pixels.
 *
 * The bytes depend on the data alone, and grow with the points and flows: what is denied has no element. The picture has no script
 * and no reference to anything, and texts of the data can neither be markup nor change the direction of others.
 */
export function reachSvg(reachability: Reachability): string {
  const scene = new Scene(reachability);
  const summary = summaryLines(reachability);
  const [legend, matrix, ledger] = [legendOf(), matrixOf(scene), ledgerOf(scene)];
  const width = Math.max(legend.width, matrix.width, ledger.width) + 2 * MARGIN;
  const page = new Page();
  page.text(TITLE, 18, 'strong');
  for (const line of summary) page.text(shorten(line, width - 2 * MARGIN, 12), 12);
  page.drawing(legend);
  page.text(
    isExpanded(scene)
      ? 'Rows reach columns. What is empty is denied in all ports. A row or column with ! is a workload that no policy holds in that direction.'
      : 'Rows reach columns. A cell says how many pairs are open (1/6: one of six is as wide as its colour says). What is empty is denied in all ports.',
    12,
  );
  if (reachability.points.some(({ type }) => type === 'addresses'))
    page.text('Ranges may share addresses: an address is open where any range that holds it is.', 12);
  page.drawing(matrix);
  page.text('Each point: who can reach it, and what it can reach.', 12);
  page.drawing(ledger);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${page.height}" viewBox="0 0 ${width} ${page.height}" role="img" aria-labelledby="reach-title reach-desc">`,
    `<title id="reach-title">${TITLE}</title>`,
    `<desc id="reach-desc">${xmlText(summary.join(' '))}</desc>`,
    `<style>${STYLE}</style>`,
    rectAt(0, 0, width, page.height, 'page'),
    ...page.lines,
    '</svg>',
    '',
  ].join('\n');
}

/** Parts of the picture, one below the other. */
class Page {
  public readonly lines: string[] = [];
  public height = MARGIN;

  public text(text: string, size: number, style?: string): void {
    this.height += size;
    this.lines.push(
      textAt({ x: MARGIN, y: this.height, size, ...(style === undefined ? {} : { style }) }, text),
    );
    this.height += 8;
  }

  public drawing({ shapes, height }: Drawing): void {
    this.height += 4;
    this.lines.push(`<g transform="translate(${MARGIN} ${this.height})">`, ...shapes, '</g>');
    this.height += height + MARGIN;
  }
}
