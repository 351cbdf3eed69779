// The conditions, the order and the grouping of the table, as the URL has them.
import type { Conditions } from "../address";
import type { Knowledge } from "../api/shapes";

export const COLUMNS = ["name", "id", "kernel", "age", "idle", "size", "messages", "pages", "knowledge"] as const;
export type Column = (typeof COLUMNS)[number];

export const GROUPS = ["kernel", "target", "model", "tree"] as const;
/** The grouping of rows; none for one list. */
export type Group = (typeof GROUPS)[number] | "none";

export const KNOWLEDGE: readonly Knowledge[] = ["clean", "dirty", "unknown", "too_large"];

/** The conditions that hide comms, by their names in the URL. */
export const FILTERS = ["text", "kernel", "target", "model", "knowledge", "attached", "idle"] as const;

export interface Filter {
  /** A part of the id, target, model or notebook. Case does not matter. */
  readonly text: string;
  readonly kernel: string | undefined;
  readonly target: string | undefined;
  readonly model: string | undefined;
  readonly knowledge: Knowledge | undefined;
  readonly attached: boolean | undefined;
  /** Seconds without a message. */
  readonly idle: number | undefined;
}

export interface Wanted {
  readonly filter: Filter;
  readonly sort: Column;
  /** Largest first, or Z to A. */
  readonly down: boolean;
  readonly group: Group;
}

/** Read the conditions. Invalid ones are ignored, because people also type links. */
export function wantedOf(conditions: Readonly<Record<string, string>>): Wanted {
  const sort = conditions.sort ?? "";
  const column = COLUMNS.find((each) => each === sort.replace(/^-/, ""));
  const idle = conditions.idle ? Number(conditions.idle) : NaN;
  return {
    filter: {
      text: (conditions.text ?? "").trim(),
      kernel: conditions.kernel,
      target: conditions.target,
      model: conditions.model,
      knowledge: KNOWLEDGE.find((each) => each === conditions.knowledge),
      attached: { yes: true, no: false }[conditions.attached ?? ""],
      idle: idle >= 0 ? idle : undefined,
    },
    // The newest first, because users look for what they have just made.
    sort: column ?? "age",
    down: column !== undefined && sort.startsWith("-"),
    group: GROUPS.find((each) => each === conditions.group) ?? "none",
  };
}

/** The conditions without those that hide comms. */
export function unfiltered(conditions: Conditions): Conditions {
  return Object.fromEntries(Object.entries(conditions).filter(([name]) => !FILTERS.some((each) => each === name)));
}

/** How many conditions hide comms. */
export function filterCount(filter: Filter): number {
  return FILTERS.filter((name) => filter[name] !== undefined && filter[name] !== "").length;
}

/** The order in the URL after a click on a column: by that column, or reversed. */
export function sortAfter(wanted: Wanted, column: Column): string {
  // Numbers begin with the largest.
  const countsDown = ["idle", "size", "messages", "pages"].includes(column);
  const down = wanted.sort === column ? !wanted.down : countsDown;
  return down ? `-${column}` : column;
}
