// Finds the paths at which two states differ, so that they can be highlighted.
import type { Path } from "../api/shapes";
import { isContainer, keyOf, namesOf } from "./paths";

export interface Difference {
  /** The keys of the deepest paths that differ. */
  readonly at: ReadonlySet<string>;
  /** The keys of their containers. */
  readonly within: ReadonlySet<string>;
}

/** The most values that are compared. After that, a container counts as changed. */
const MOST = 5000;

/** Compare two values. */
export function difference(before: unknown, after: unknown): Difference {
  const at = new Set<string>();
  const within = new Set<string>();
  let left = MOST;

  const compare = (old: unknown, now: unknown, path: Path): boolean => {
    if (Object.is(old, now)) return false;
    left -= 1;
    const alike = isContainer(old) && isContainer(now) && Array.isArray(old) === Array.isArray(now);
    if (!alike || left <= 0 || path.length > 100) {
      at.add(keyOf(path));
      return true;
    }
    let any = false;
    const names = new Set([...namesOf(now, left), ...namesOf(old, left)]);
    for (const name of names) {
      const one = old as Readonly<Record<string | number, unknown>>;
      const other = now as Readonly<Record<string | number, unknown>>;
      // A value that was removed has no path. So its container counts as changed.
      if (!Object.hasOwn(now, name)) at.add(keyOf(path));
      else if (compare(one[name], other[name], [...path, name])) any = true;
      else continue;
      any = true;
    }
    if (any) within.add(keyOf(path));
    return any;
  };

  compare(before, after, []);
  return { at, within };
}
