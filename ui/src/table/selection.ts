// The selection and the cursor. Each change makes a new value.
import { keyOf, type Row } from "./row";

export interface Selection {
  /** Keys of comms, not of rows. A comm that is shown twice is selected in both places. */
  readonly selected: ReadonlySet<string>;
  /** The row with the cursor. */
  readonly cursor: string | undefined;
  /** The row at which a range begins. */
  readonly anchor: string | undefined;
  /** The selection before the range. */
  readonly base: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
export const NOTHING: Selection = { selected: NONE, cursor: undefined, anchor: undefined, base: NONE };

/** The keys of the comms that a row stands for. A row that only leads to others stands for none. */
export function selectable(row: Row): readonly string[] {
  if (row.kind === "group") return row.comms.map(keyOf);
  return row.context ? [] : [row.commKey];
}

/** Put the cursor on a row, and begin a range there. */
export function moved(before: Selection, key: string): Selection {
  return { ...before, cursor: key, anchor: key, base: before.selected };
}

/** Put the cursor on a row, and select the rows from the beginning of the range to it. */
export function extended(before: Selection, rows: readonly Row[], places: ReadonlyMap<string, number>, key: string): Selection {
  const start = places.get(before.anchor ?? before.cursor ?? key) ?? places.get(key) ?? 0;
  const end = places.get(key) ?? start;
  const between = rows.slice(Math.min(start, end), Math.max(start, end) + 1);
  // A group row in the range does not select comms outside the range.
  const found = between.flatMap((row) => (row.kind === "group" && row.open ? [] : selectable(row)));
  return { ...before, cursor: key, anchor: before.anchor ?? before.cursor ?? key, selected: new Set([...before.base, ...found]) };
}

/** Select a row, or deselect it if all of it is selected. */
export function toggled(before: Selection, row: Row): Selection {
  const keys = selectable(row);
  const selected = new Set(before.selected);
  const all = keys.every((key) => selected.has(key));
  for (const key of keys) all ? selected.delete(key) : selected.add(key);
  return { selected, cursor: row.key, anchor: row.key, base: selected };
}

/** Select exactly these comms. */
export function only(before: Selection, keys: Iterable<string>): Selection {
  const selected = new Set(keys);
  return { ...before, selected, base: selected };
}

/** Whether all, some or none of these comms are selected. */
export function share(selected: ReadonlySet<string>, keys: readonly string[]): "all" | "some" | "none" {
  let found = 0;
  for (const key of keys) if (selected.has(key)) found += 1;
  return !found ? "none" : found === keys.length ? "all" : "some";
}
