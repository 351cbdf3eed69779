// Splits text from kernels and pages into characters that are shown, and characters that are shown as numbers.

/** A piece of text; `escaped` if it stands for a character that must not be interpreted. */
export interface Piece {
  readonly text: string;
  readonly escaped: boolean;
}

// Controls, bidi controls, zero-width characters, byte order marks, tags, lone surrogates, line separators.
const UNSEEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

/** Split a text into pieces. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), escaped: false });
    found.push({ text: name(match[0]), escaped: true });
    from = match.index + match[0].length;
  }
  if (from < text.length || !found.length) found.push({ text: text.slice(from), escaped: false });
  return found;
}

/** The same as a string, for titles and attributes. */
export function plain(text: string): string {
  return pieces(text)
    .map((each) => (each.escaped ? `[${each.text}]` : each.text))
    .join("");
}

function name(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Cut a text to a number of characters, without splitting one. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.charCodeAt(most - 1);
  return text.slice(0, end >= 0xd800 && end <= 0xdbff ? most - 1 : most);
}
