import { resultOf } from './chromium';

/** What a browser makes of a picture. */
export interface Look {
  /** As XML it is well-formed. */
  readonly isXml: boolean;
  readonly texts: number;
  /** The smallest font that is drawn, in pixels. */
  readonly smallestFont: number;
  /** Texts that cover each other, as pairs. */
  readonly overlapping: readonly string[];
  /** Texts of a box that stand out of it. */
  readonly outOfBox: readonly string[];
  /** Texts that stand out of the picture. */
  readonly outOfPicture: readonly string[];
  /** The least contrast of a text in a box to its ground, as WCAG 2 counts it. */
  readonly contrast: number;
  /** Elements that could run, load or link something. */
  readonly active: number;
  /** Scripts of the picture that ran. */
  readonly ran: boolean;
}

/** Opens a picture in a browser, on a page as dark as may be, and measures it. */
export function look(browser: string, svg: string): Look {
  const source = Buffer.from(svg).toString('base64');
  return resultOf(
    browser,
    `<!doctype html><meta charset="utf-8"><body style="margin:0;background:#000">${svg}<pre id="result"></pre>
<script>const source = ${JSON.stringify(source)};addEventListener('load', ${String(measure)});</script>`,
  ) as Look;
}

/** Runs in the browser, when everything is loaded that wants to be. */
function measure(): void {
  // The types of the DOM are not those of this project.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const page = globalThis as any;
  const { document } = page;
  const text = new TextDecoder().decode(
    Uint8Array.from(page.atob(source), (one) => (one as string).charCodeAt(0)),
  );
  const parsed = new page.DOMParser().parseFromString(text, 'image/svg+xml');
  const svg = document.querySelector('svg');
  const whole = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')]
    .map((element) => ({ element, box: element.getBoundingClientRect(), text: element.textContent }))
    .filter(({ box }) => box.width > 0);
  const within = (inner: DOMBox, outer: DOMBox): boolean =>
    inner.left >= outer.left - 1 &&
    inner.right <= outer.right + 1 &&
    inner.top >= outer.top - 1 &&
    inner.bottom <= outer.bottom + 1;
  const rectOf = (element: Any): Any =>
    element.parentNode.querySelector(':scope > title') === null
      ? null
      : element.parentNode.querySelector(':scope > rect');
  const overlapping: string[] = [];
  const byTop = [...boxes].sort((a, b) => a.box.top - b.box.top);
  byTop.forEach((one, at) => {
    for (let next = at + 1; next < byTop.length; next += 1) {
      const other = byTop[next]!;
      if (other.box.top > one.box.bottom) break;
      // The line box is higher than its letters: what overlaps by less than a third of a letter is beside each other.
      const [wide, high] = [
        Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left),
        Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top),
      ];
      if (wide > 1 && high > 3) overlapping.push(`${one.text} / ${other.text}`);
    }
  });
  const channels = (colour: string): number[] => (colour.match(/[0-9.]+/g) ?? []).slice(0, 3).map(Number);
  const luminance = (colour: string): number => {
    const [red, green, blue] = channels(colour).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const fill = (element: Any): string => page.getComputedStyle(element).fill;
  const contrasts = boxes.flatMap(({ element }) => {
    const rect = rectOf(element);
    if (rect === null) return [];
    const [light, dark] = [luminance(fill(element)), luminance(fill(rect))].sort((a, b) => b - a);
    return [(light! + 0.05) / (dark! + 0.05)];
  });
  const result = {
    isXml: parsed.querySelector('parsererror') === null && parsed.documentElement.localName === 'svg',
    texts: boxes.length,
    smallestFont: Math.min(
      ...boxes.map(({ element }) => parseFloat(page.getComputedStyle(element).fontSize)),
    ),
    overlapping,
    outOfBox: boxes
      .filter(
        ({ element, box }) =>
          rectOf(element) !== null && !within(box, rectOf(element).getBoundingClientRect()),
      )
      .map((one) => one.text),
    outOfPicture: boxes.filter(({ box }) => !within(box, whole)).map((one) => one.text),
    contrast: Math.min(...contrasts),
    active: svg.querySelectorAll(
      'script,a,image,use,foreignObject,iframe,animate,set,feImage,[href],[onload],[onclick]',
    ).length,
    ran: page.ran === true,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(result));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  document.getElementById('result').textContent = page.btoa(binary);
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = any;

interface DOMBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A variable of the page. */
declare const source: string;
