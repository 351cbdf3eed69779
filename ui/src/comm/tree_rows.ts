// The rows of a tree: only open containers, and long lists in portions. So no value is too large.
import type { Path } from "../api/shapes";
import { isContainer, keyOf, namesOf, sizeOf, type Container } from "./paths";
import type { Found } from "./search";

/** How many children of a container are shown at first. "show more" adds as many again. */
export const PORTION = 100;

export type RowKind = "container" | "leaf" | "secret" | "buffer" | "more";

/** One line of the tree. */
export interface Row {
  readonly key: string;
  readonly path: Path;
  readonly name: string | number;
  readonly kind: RowKind;
  readonly value: unknown;
  /** From 1, as aria-level counts. */
  readonly level: number;
  readonly isOpen: boolean;
  readonly position: number;
  readonly siblings: number;
  readonly isMatch: boolean;
  /** The number of a buffer, or how many rows "more" stands for. */
  readonly count: number;
}

export interface Shown {
  readonly open: ReadonlySet<string>;
  /** How many children of a container are shown, if it is more than a portion. */
  readonly most: ReadonlyMap<string, number>;
  readonly secrets: ReadonlySet<string>;
  /** The numbers of buffers, by their paths. */
  readonly buffers: ReadonlyMap<string, number>;
  readonly found?: Found | undefined;
  /** Whether it is a widget's state. Then some names come first. */
  readonly isState?: boolean;
}

/** The names that say most about a widget. They are shown first. */
const FIRST = ["value", "index", "description", "children", "_options_labels", "options"];

/** The names of a state in order: the most important, the others, and those for machines. */
function ranked(names: readonly (string | number)[]): (string | number)[] {
  const rank = (name: string | number) => {
    const first = FIRST.indexOf(String(name));
    if (first >= 0) return first - FIRST.length;
    return String(name).startsWith("_") ? 1 : 0;
  };
  return [...names].sort((one, other) => rank(one) - rank(other));
}

/** The rows below a root, which has no row itself. */
export function rowsOf(root: unknown, shown: Shown): Row[] {
  const found: Row[] = [];
  if (isContainer(root)) addChildren(root, [], shown, withBuffers(shown.buffers), found);
  return found;
}

/** The names that buffers add to containers. The state has no value for them. */
function withBuffers(buffers: ReadonlyMap<string, number>): Map<string, (string | number)[]> {
  const found = new Map<string, (string | number)[]>();
  for (const key of buffers.keys()) {
    const path = JSON.parse(key) as (string | number)[];
    const name = path.pop();
    if (name === undefined) continue;
    const names = found.get(keyOf(path));
    if (names) names.push(name);
    else found.set(keyOf(path), [name]);
  }
  return found;
}

function addChildren(value: Container, path: Path, shown: Shown, added: ReadonlyMap<string, (string | number)[]>, rows: Row[]): void {
  const key = keyOf(path);
  const matching = shown.found?.children.get(key);
  const more = (added.get(key) ?? []).filter((name) => !Object.hasOwn(value, name));
  const total = matching ? matching.length : sizeOf(value) + more.length;
  const most = shown.most.get(key) ?? PORTION;
  const all = matching ?? [...namesOf(value, shown.isState ? Infinity : most), ...more];
  const names = (shown.isState && !path.length ? ranked(all) : all).slice(0, most);
  for (const [index, name] of names.entries()) {
    const at = [...path, name];
    const own = keyOf(at);
    const child = (value as Readonly<Record<string | number, unknown>>)[name];
    const kind: RowKind = shown.secrets.has(own) ? "secret" : shown.buffers.has(own) ? "buffer" : isContainer(child) && (sizeOf(child) || added.has(own)) ? "container" : "leaf";
    const isOpen = kind === "container" && (shown.open.has(own) || (shown.found?.children.has(own) ?? false));
    rows.push({
      key: own,
      path: at,
      name,
      kind,
      value: child,
      level: at.length,
      isOpen,
      position: index + 1,
      siblings: total,
      isMatch: shown.found?.matches.has(own) ?? false,
      count: kind === "buffer" ? (shown.buffers.get(own) ?? 0) : 0,
    });
    if (isOpen && isContainer(child)) addChildren(child, at, shown, added, rows);
  }
  if (names.length < total) {
    const at = [...path, "\u0000more"];
    rows.push({ key: keyOf(at), path, name: "", kind: "more", value: undefined, level: path.length + 1, isOpen: false, position: names.length + 1, siblings: total, isMatch: false, count: total - names.length });
  }
}
