/**
 * A text as one line that shows all there is of it: what would break the line, move the cursor of a terminal or change the
 * direction of the text stands as an escape. Names come from what others wrote.
 */
export function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}
