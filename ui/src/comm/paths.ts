// Paths in a JSON value, as keys of maps and as people write them.
import type { Path } from "../api/shapes";

/** A path as one string, for maps and sets. */
export function keyOf(path: Path): string {
  return JSON.stringify(path);
}

/** A path as code writes it: layout.margin[0], ["a b"].c */
export function writtenPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(step)) text += text ? `.${step}` : step;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

export type Container = Readonly<Record<string, unknown>> | readonly unknown[];

/** Whether a value contains other values. */
export function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

/** The value at a path; undefined if there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let found = root;
  for (const step of path) {
    if (!isContainer(found) || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[step];
  }
  return found;
}

/** The keys of an object, or the indices of a list, the first `most` of them. */
export function namesOf(value: Container, most = Infinity): (string | number)[] {
  if (Array.isArray(value)) return Array.from({ length: Math.min(value.length, most) }, (_, index) => index);
  const keys = Object.keys(value);
  return keys.length > most ? keys.slice(0, most) : keys;
}

/** How many values a container has. */
export function sizeOf(value: Container): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** The id of the widget that a text refers to, as ipywidgets writes it. */
export function referenceIn(value: unknown): string | undefined {
  const prefix = "IPY_MODEL_";
  return typeof value === "string" && value.startsWith(prefix) && value.length < 1100 ? value.slice(prefix.length) : undefined;
}
