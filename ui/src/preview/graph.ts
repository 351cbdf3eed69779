// Finds the widgets that a widget refers to. Cycles are cut, and the number of views is limited.
import { MOST_DEPTH, MOST_VIEWS } from "./limits";
import { isObject, type State } from "./messages";
import { Refusal } from "./refusal";

/** The ids of the stand-ins for widgets that cannot be drawn. */
export const LOOP = "comm-broker-loop";
export const GONE = "comm-broker-gone";

const PREFIX = "IPY_MODEL_";
/** The other form in which anywidget refers to a widget. */
const OTHER_PREFIX = "anywidget:";

/** The id of the widget that a value refers to. */
export function referenceIn(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > 300) return undefined;
  if (value.startsWith(PREFIX)) return value.slice(PREFIX.length);
  if (value.startsWith(OTHER_PREFIX)) return value.slice(OTHER_PREFIX.length);
  return undefined;
}

/**
 * The ids of the widgets that a value refers to, each once.
 *
 * Throws a Refusal if the value is nested too deeply to be drawn.
 */
export function referencesIn(value: unknown): string[] {
  const found = new Set<string>();
  // Not recursive: a state may be nested to any depth.
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let each = open.pop(); each; each = open.pop()) {
    const reference = referenceIn(each.value);
    if (reference !== undefined) found.add(reference);
    else if (typeof each.value === "object" && each.value !== null) {
      const depth = each.depth + 1;
      if (depth > MOST_DEPTH) throw new Refusal(`This widget's state is nested more than ${MOST_DEPTH} levels deep. A preview does not draw such a widget.`);
      for (const inner of Object.values(each.value)) open.push({ value: inner, depth });
    }
  }
  return [...found];
}

/**
 * The states that can be drawn from a root. A reference in a cycle, or to a missing widget, is replaced by a reference to a
 * stand-in.
 *
 * Only the widgets that the root needs are returned. Throws a Refusal if too much would be drawn.
 */
export function drawable(root: string, states: ReadonlyMap<string, State>): Map<string, State> {
  const found = new Map<string, State>();
  const views = new Map<string, number>();
  const above = new Set<string>();

  const visit = (id: string, state: State): number => {
    const done = views.get(id);
    if (done !== undefined) return done;
    above.add(id);
    let count = state._view_name ? 1 : 0;
    const written = replaced(state, (inner, value) => {
      if (above.has(inner)) return PREFIX + LOOP;
      const next = states.get(inner);
      // anywidget looks up these references itself, and reports missing ones.
      if (!next) return value.startsWith(PREFIX) ? PREFIX + GONE : value;
      count += visit(inner, next);
      if (count > MOST_VIEWS) throw new Refusal(`This widget contains more than ${MOST_VIEWS} others. A preview draws no more.`);
      return value;
    }) as State;
    above.delete(id);
    views.set(id, count);
    found.set(id, written);
    return count;
  };

  const first = states.get(root);
  if (first) visit(root, first);
  return found;
}

/** A value with its references replaced, or the same value if it has none. Its depth was checked before. */
function replaced(value: unknown, by: (id: string, value: string) => string): unknown {
  const reference = referenceIn(value);
  if (reference !== undefined) return by(reference, value as string);
  if (Array.isArray(value)) {
    const inner = value.map((each) => replaced(each, by));
    return inner.every((each, index) => each === value[index]) ? value : inner;
  }
  if (isObject(value)) {
    const inner = Object.entries(value).map(([key, each]) => [key, replaced(each, by)] as const);
    return inner.every(([key, each]) => each === value[key]) ? value : Object.fromEntries(inner);
  }
  return value;
}
