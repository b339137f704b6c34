/** The size of the font, and the height of a line, in pixels. */
export const SIZE = 11;
export const LINE = 20;
/** The widths of the columns: of the chips at each side, of what has a column of its own, and of names. */
export const CHIPS = 556;
export const FIXED = 74;
export const NAME = 260;
const GAP = 8;

/** Where the columns start. */
export const X = (() => {
  const fromOutside = CHIPS + GAP;
  const name = fromOutside + FIXED + GAP;
  const fixed = name + NAME + GAP;
  const outgoing = fixed + 4 * FIXED + GAP;
  return { fromOutside, name, fixed, outgoing, end: outgoing + CHIPS };
})();

/** What has a column of its own, as a destination: what reviewers look for, and what everybody has. */
export const DESTINATIONS = ['outside', 'api-server', 'metadata', 'dns'] as const;
