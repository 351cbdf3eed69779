// Writes a value as JSON for people.

import { pieces } from "../parts/inert_text";

/** The same for an input field. Invisible characters, and those that change the text's direction, become JSON escapes. */
export function escaped(value: unknown): string {
  return pieces(pretty(value))
    .map((each) => (each.escaped ? units(String.fromCodePoint(parseInt(each.text.slice(2), 16))) : each.text))
    .join("");
}

function units(character: string): string {
  return [...Array(character.length).keys()].map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}

/** Indented JSON. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? "null";
}
