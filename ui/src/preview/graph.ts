// Which widgets a widget holds, and how they are drawn without an end: loops are cut, and what would be drawn is counted.
import { MOST_DEPTH, MOST_VIEWS } from "./limits";
import { isObject, type State } from "./messages";
import { Refusal } from "./refusal";

/** Stand in for widgets that cannot be drawn where they are referred to. */
export const LOOP = "comm-broker-loop";
export const GONE = "comm-broker-gone";

const PREFIX = "IPY_MODEL_";
/** How anywidget refers to a widget beside that. */
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
 * Throws a Refusal where it is nested too deeply to be drawn.
 */
export function referencesIn(value: unknown): string[] {
  const found = new Set<string>();
  // No recursion: a state may be nested as deeply as its author likes.
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let each = open.pop(); each; each = open.pop()) {
    const reference = referenceIn(each.value);
    if (reference !== undefined) found.add(reference);
    else if (typeof each.value === "object" && each.value !== null) {
      const depth = each.depth + 1;
      if (depth > MOST_DEPTH) throw new Refusal(`This widget's state is nested more than ${MOST_DEPTH} levels deep; a preview draws no such widget.`);
      for (const inner of Object.values(each.value)) open.push({ value: inner, depth });
    }
  }
  return [...found];
}

/**
 * The states that can be drawn from a root: each reference that would lead back to where it is, or to no widget, leads to a
 * stand-in.
 *
 * Only what the root needs is returned. Throws a Refusal where too much would be drawn.
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
      // Anywidget looks for what it names itself, and says so where there is nothing.
      if (!next) return value.startsWith(PREFIX) ? PREFIX + GONE : value;
      count += visit(inner, next);
      if (count > MOST_VIEWS) throw new Refusal(`This widget holds more than ${MOST_VIEWS} others; a preview draws no more.`);
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

/** A value with its references replaced; the same value where none is. Its depth was checked before. */
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
