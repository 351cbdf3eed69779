// A value as JSON for people's eyes and clipboards.

/** Indented JSON. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? "null";
}
