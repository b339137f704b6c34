const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A text from somebody else's file as it may be shown on a terminal: characters that move the cursor, colour, or turn the
 * direction of writing are shown as their code, so that a manifest cannot forge what a report says.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
