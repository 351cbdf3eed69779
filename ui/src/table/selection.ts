// What is selected and where the cursor is; each change makes another value.
import { keyOf, type Row } from "./row";

export interface Selection {
  /** Keys of comms, not of rows: a comm that stands twice is selected in both places. */
  readonly selected: ReadonlySet<string>;
  /** The row with the cursor. */
  readonly cursor: string | undefined;
  /** Where a range begins. */
  readonly anchor: string | undefined;
  /** What was selected when the range began. */
  readonly base: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
export const NOTHING: Selection = { selected: NONE, cursor: undefined, anchor: undefined, base: NONE };

/** The keys of the comms that a row stands for. What only leads to others is not one of them. */
export function selectable(row: Row): readonly string[] {
  if (row.kind === "group") return row.comms.map(keyOf);
  return row.context ? [] : [row.commKey];
}

/** Put the cursor on a row; a range begins here. */
export function moved(before: Selection, key: string): Selection {
  return { ...before, cursor: key, anchor: key, base: before.selected };
}

/** Put the cursor on a row, and select what is between where the range began and it. */
export function extended(before: Selection, rows: readonly Row[], places: ReadonlyMap<string, number>, key: string): Selection {
  const start = places.get(before.anchor ?? before.cursor ?? key) ?? places.get(key) ?? 0;
  const end = places.get(key) ?? start;
  const between = rows.slice(Math.min(start, end), Math.max(start, end) + 1);
  // A group that is passed does not take along what it has outside of the range.
  const found = between.flatMap((row) => (row.kind === "group" && row.open ? [] : selectable(row)));
  return { ...before, cursor: key, anchor: before.anchor ?? before.cursor ?? key, selected: new Set([...before.base, ...found]) };
}

/** Select a row, or no longer where all of it is. */
export function toggled(before: Selection, row: Row): Selection {
  const keys = selectable(row);
  const selected = new Set(before.selected);
  const all = keys.every((key) => selected.has(key));
  for (const key of keys) all ? selected.delete(key) : selected.add(key);
  return { selected, cursor: row.key, anchor: row.key, base: selected };
}

/** Select exactly these. */
export function only(before: Selection, keys: Iterable<string>): Selection {
  const selected = new Set(keys);
  return { ...before, selected, base: selected };
}

/** Whether all, some or none of these are selected. */
export function share(selected: ReadonlySet<string>, keys: readonly string[]): "all" | "some" | "none" {
  let found = 0;
  for (const key of keys) if (selected.has(key)) found += 1;
  return !found ? "none" : found === keys.length ? "all" : "some";
}
