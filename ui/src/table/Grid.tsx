// The grid: draws the rows in view, keeps the cursor, and does not move while comms are opened and closed.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { GridRow } from "./GridRow";
import { Head } from "./Head";
import { press } from "./keys";
import { listed } from "./listed";
import { extended, moved, selectable, share, toggled } from "./selection";
import { fold, folded, places, rows, selection, wanted } from "./state";
import { COLUMNS } from "./wanted";
import { drawn, neighbour, revealed, shift, slots, type Range } from "./windowing";
import { headHeight, rowHeight } from "./sizes";
import styles from "./table.module.css";

const window_ = signal<Range>({ from: 0, to: 0 });
/** The scroll position when the view was left. */
let leftAt = 0;

/** The keys of the comms in view. */
export function inView(): ReadonlySet<string> {
  const { from, to } = window_.peek();
  return new Set(rows.peek().slice(from, to).flatMap((row) => (row.kind === "comm" ? [row.commKey] : [])));
}

export function Grid() {
  const place = useRef<HTMLDivElement>(null);
  const height = rowHeight.value;
  const all = rows.value;
  const { group } = wanted.value;
  const { selected, cursor } = selection.value;
  const closed = listed.value.closed;

  const look = () => {
    const grid = place.current;
    if (!grid) return;
    leftAt = grid.scrollTop;
    const next = drawn(grid.scrollTop, grid.clientHeight - headHeight.value, height, all.length);
    const { from, to } = window_.peek();
    if (next.from !== from || next.to !== to) window_.value = next;
  };
  const reveal = (key: string | undefined) => {
    const grid = place.current;
    const at = key === undefined ? undefined : places.peek().get(key);
    if (grid && at !== undefined) grid.scrollTop = revealed(at, grid.scrollTop, grid.clientHeight - headHeight.peek(), rowHeight.peek());
  };

  useHold(place, reveal);
  // Not after each frame of a scroll, because reading sizes makes the browser compute the layout.
  useLayoutEffect(look, [all, height]);
  useEffect(() => {
    const grid = place.current!;
    grid.scrollTop = leftAt;
    look();
    const watch = new ResizeObserver(() => look());
    watch.observe(grid);
    return () => watch.disconnect();
  }, []);

  const { from, to } = window_.value;
  const indices = Array.from({ length: Math.max(0, Math.min(to, all.length) - from) }, (_, index) => from + index);
  const at = cursor === undefined ? undefined : places.value.get(cursor);
  // The row with the cursor is drawn even out of view, because a focused element must exist.
  if (at !== undefined && (at < from || at >= to)) indices.push(at);
  const elements = useRef<ReadonlyMap<string, number>>(new Map());
  elements.current = slots(elements.current, indices.map((index) => all[index]!.key));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== place.current) return;
    const page = Math.max(1, Math.floor((place.current!.clientHeight - headHeight.value) / height) - 1);
    if (!press(event, page)) return;
    event.preventDefault();
    reveal(selection.value.cursor);
  };
  const onClick = (event: MouseEvent) => {
    const clicked = event.target as Element;
    const key = clicked.closest<HTMLElement>("[data-row]")?.dataset.row;
    const row = all[places.value.get(key ?? "") ?? -1];
    if (!row || clicked.closest("a")) return;
    const act = clicked.closest<HTMLElement>("[data-act]")?.dataset.act;
    if (act === "fold" && row.open !== undefined) fold(row.key, row.open);
    if (event.shiftKey) selection.value = extended(selection.value, all, places.value, row.key);
    else if (act === "select" || event.ctrlKey || event.metaKey) selection.value = toggled(selection.value, row);
    else if (row.kind === "group" && act === undefined) fold(row.key, row.open);
    if (!event.shiftKey) selection.value = moved(selection.value, row.key);
    place.current!.focus({ preventScroll: true });
  };

  return (
    <div
      ref={place}
      class={`card ${styles.grid}`}
      role={group === "none" ? "grid" : "treegrid"}
      tabIndex={0}
      aria-label="Comms"
      aria-rowcount={all.length + 1}
      aria-colcount={COLUMNS.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={at === undefined ? undefined : idOf(cursor!)}
      aria-describedby="table-keys"
      onScroll={look}
      onKeyDown={onKeyDown}
    >
      <Head />
      <div role="rowgroup" class={styles.body} style={{ height: `${all.length * height}px` }} onClick={onClick} onMouseDown={noTextSelection}>
        {indices.map((index) => {
          const row = all[index]!;
          return (
            <GridRow
              key={elements.current.get(row.key)}
              id={idOf(row.key)}
              row={row}
              index={index}
              height={height}
              selected={share(selected, selectable(row))}
              cursor={row.key === cursor}
              closed={row.kind === "comm" && closed.has(row.commKey)}
              group={group}
            />
          );
        })}
      </div>
    </div>
  );
}

/** A click with Shift selects a range of rows, not of text. */
function noTextSelection(event: MouseEvent) {
  if (event.shiftKey) event.preventDefault();
}

const ids = new Map<string, string>();
/** The id of an element. Ids that kernels choose may have spaces and other characters. */
function idOf(key: string): string {
  let id = ids.get(key);
  if (!id) {
    if (ids.size > 50_000) ids.clear();
    ids.set(key, (id = `row-${++lastId}`));
  }
  return id;
}
let lastId = 0;

/** Keep the visible rows in place when rows are added or removed. The cursor of a removed row moves to its neighbour. */
function useHold(place: { readonly current: HTMLDivElement | null }, reveal: (key: string | undefined) => void): void {
  const arrangement = JSON.stringify(wanted.value);
  const before = useRef({ keys: [] as readonly string[], arrangement, shut: folded.peek() });
  const all = rows.value;
  useLayoutEffect(() => {
    const grid = place.current;
    const was = before.current;
    const now = places.peek();
    before.current = { keys: all.map((row) => row.key), arrangement, shut: folded.peek() };
    if (!grid || !was.keys.length) return;
    const { cursor } = selection.peek();
    if (cursor !== undefined && !now.has(cursor)) {
      const at = was.keys.indexOf(cursor);
      const next = at < 0 ? undefined : neighbour(was.keys, at, now);
      selection.value = next === undefined ? { ...selection.peek(), cursor: undefined, anchor: undefined } : moved(selection.peek(), next);
    }
    if (was.arrangement !== arrangement) {
      grid.scrollTop = 0;
      reveal(selection.peek().cursor);
    } else if (grid.scrollTop > 0 && was.shut === folded.peek()) {
      const first = Math.floor(grid.scrollTop / rowHeight.peek());
      const count = Math.ceil(grid.clientHeight / rowHeight.peek());
      grid.scrollTop += shift(was.keys.slice(first, first + count), first, now) * rowHeight.peek();
    }
  }, [all]);
}
