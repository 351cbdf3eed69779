// The keys of the grid, as in lists of files: arrows move, Space selects, Shift selects ranges, Enter opens.
import { go } from "../address";
import { extended, moved, only, toggled } from "./selection";
import { choosable, fold, places, rows, selection } from "./state";

/** Handle a key. Returns whether the grid uses it. `page` is the number of rows in view. */
export function press(event: KeyboardEvent, page: number): boolean {
  const all = rows.value;
  const { cursor } = selection.value;
  const at = cursor === undefined ? -1 : (places.value.get(cursor) ?? -1);
  const row = all[at];
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "a") {
    selection.value = only(selection.value, choosable.value);
    return true;
  }
  if (event.key === "Escape") {
    if (!selection.value.selected.size) return false;
    selection.value = only(selection.value, []);
    return true;
  }
  if (event.altKey || !all.length) return false;
  if (row && event.key === " ") {
    selection.value = toggled(selection.value, row);
    return true;
  }
  if (row && event.key === "Enter") {
    if (row.kind === "group") fold(row.key, row.open);
    else go("comm", { kernel: row.comm.kernel_id, comm: row.comm.comm_id });
    return true;
  }
  if (row && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    if (row.open !== undefined && row.open !== (event.key === "ArrowRight")) fold(row.key, row.open);
    else if (event.key === "ArrowRight") return row.open === true && step(at + 1, false);
    else return step(above(at), false);
    return true;
  }
  const to = target(event.key, at, page, all.length);
  return to !== undefined && step(to, event.shiftKey);
}

function target(key: string, at: number, page: number, count: number): number | undefined {
  switch (key) {
    case "ArrowDown":
      return at + 1;
    case "ArrowUp":
      return at < 0 ? count - 1 : at - 1;
    case "PageDown":
      return at + page;
    case "PageUp":
      return at - page;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

function step(to: number, range: boolean): boolean {
  const all = rows.value;
  const row = all[Math.max(0, Math.min(all.length - 1, to))];
  if (!row) return false;
  selection.value = range ? extended(selection.value, all, places.value, row.key) : moved(selection.value, row.key);
  return true;
}

/** The group or the parent of a row. */
function above(at: number): number {
  const all = rows.value;
  const level = (index: number) => {
    const row = all[index];
    return row === undefined || row.kind === "group" ? 1 : row.level;
  };
  for (let index = at - 1; index >= 0; index--) if (level(index) < level(at)) return index;
  return at;
}
