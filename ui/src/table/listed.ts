// The comms of the table. The list changes only as often as it can be drawn. Comms that close in view stay for a moment.
import { effect, signal } from "@preact/signals";
import { commList } from "../store/comms";
import type { Comm } from "../store/comm_table";
import { keyOf } from "./row";

/** The comms of the table: open ones, and those that closed a moment ago. */
export interface Listed {
  readonly comms: readonly Comm[];
  /** The keys of the comms that closed. */
  readonly closed: ReadonlySet<string>;
}

export const listed = signal<Listed>({ comms: [], closed: new Set() });

/** Milliseconds for which a comm that closed is still shown. */
export const FAREWELL = 1800;
/** The pause after a list, as a multiple of the time that the list took. */
const REST = 6;
const LONGEST_REST = 800;

/** A comm that closed, and the open comm that was before it. */
interface Leaving {
  readonly comm: Comm;
  readonly behind: string;
}

/** Put comms that closed where they were. */
function inPlace(comms: readonly Comm[], leaving: ReadonlyMap<string, Leaving>): readonly Comm[] {
  const behind = new Map<string, Comm[]>();
  for (const each of leaving.values()) {
    const known = behind.get(each.behind);
    if (known) known.push(each.comm);
    else behind.set(each.behind, [each.comm]);
  }
  const take = (key: string) => {
    const found = behind.get(key) ?? [];
    behind.delete(key);
    return found;
  };
  const placed = [...take(""), ...comms.flatMap((each) => [each, ...take(keyOf(each))])];
  return [...placed, ...[...behind.values()].flat()];
}

/** Follow the comms. The returned function ends it. `inView` returns the keys in view, and `draw` updates the table. */
export function followList(inView: () => ReadonlySet<string>, draw: () => void): () => void {
  const leaving = new Map<string, Leaving>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let restUntil = 0;
  let before: readonly Comm[] = commList.peek();

  const later = (work: () => void, delay: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, delay);
    timers.add(timer);
    return timer;
  };
  const take = () => {
    waiting = undefined;
    const begin = performance.now();
    const now = commList.peek();
    if (now !== before) bidFarewell(before, now);
    before = now;
    listed.value = { comms: leaving.size ? inPlace(now, leaving) : now, closed: new Set(leaving.keys()) };
    draw();
    const end = performance.now();
    restUntil = end + Math.min(LONGEST_REST, REST * (end - begin));
  };
  const bidFarewell = (old: readonly Comm[], now: readonly Comm[]) => {
    const seen = inView();
    const live = new Set(now.map(keyOf));
    for (const key of leaving.keys()) if (live.has(key)) leaving.delete(key);
    if (!seen.size) return;
    let behind = "";
    for (const comm of old) {
      const key = keyOf(comm);
      const before = behind;
      if (live.has(key)) behind = key;
      if (live.has(key) || !seen.has(key) || leaving.has(key)) continue;
      leaving.set(key, { comm, behind: before });
      later(() => leaving.delete(key) && take(), FAREWELL);
    }
  };
  const stop = effect(() => {
    void commList.value;
    if (waiting !== undefined) return;
    const rest = restUntil - performance.now();
    if (rest <= 0) take();
    else waiting = later(take, rest);
  });
  return () => {
    stop();
    for (const timer of timers) clearTimeout(timer);
  };
}
