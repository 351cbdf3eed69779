// Chooses the rows that are drawn, and keeps the view in place when rows are added or removed.

/** Rows from `from` up to, not including, `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Rows drawn beyond each edge, so that none is missing while the user scrolls. */
const BEYOND = 10;
/** The range moves in steps of so many rows. So most frames of a slow scroll draw nothing. */
const STEP = 5;

/** The rows to draw. */
export function drawn(scrollTop: number, height: number, rowHeight: number, count: number): Range {
  const first = Math.floor(scrollTop / rowHeight);
  const last = Math.ceil((scrollTop + height) / rowHeight);
  const from = Math.max(0, Math.floor((first - BEYOND) / STEP) * STEP);
  const to = Math.min(count, Math.ceil((last + BEYOND) / STEP) * STEP);
  return { from: Math.min(from, to), to };
}

/** The scroll position at which a row is fully visible, with the least movement. */
export function revealed(index: number, scrollTop: number, height: number, rowHeight: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, Math.min(top, top + rowHeight - height));
}

/**
 * How many rows the rows in view moved by. It is the median, so one row that moves elsewhere does not count.
 *
 * `keys` are the rows that were in view, the first of them at `from`.
 */
export function shift(keys: readonly string[], from: number, places: ReadonlyMap<string, number>): number {
  const moves = keys
    .flatMap((key, index) => {
      const place = places.get(key);
      return place === undefined ? [] : [place - (from + index)];
    })
    .sort((one, other) => one - other);
  return moves[Math.floor(moves.length / 2)] ?? 0;
}

/** The nearest remaining row to a place. The next rows come first. */
export function neighbour(keys: readonly string[], at: number, places: ReadonlyMap<string, number>): string | undefined {
  for (let index = at; index < keys.length; index++) if (places.has(keys[index]!)) return keys[index];
  for (let index = Math.min(at, keys.length) - 1; index >= 0; index--) if (places.has(keys[index]!)) return keys[index];
  return undefined;
}

/**
 * Assign elements to rows. A row that stays keeps its element. A new row takes the element of one that went.
 *
 * New elements for each row would take most of a frame while the user scrolls.
 */
export function slots(before: ReadonlyMap<string, number>, keys: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const taken = new Set<number>();
  for (const key of keys) {
    const slot = before.get(key);
    if (slot === undefined) continue;
    found.set(key, slot);
    taken.add(slot);
  }
  let free = 0;
  for (const key of keys) {
    if (found.has(key)) continue;
    while (taken.has(free)) free += 1;
    found.set(key, free);
    taken.add(free);
  }
  return found;
}
