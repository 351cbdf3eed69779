// What of the table is wanted, as the URL says it: conditions, order, arrangement.
import type { Conditions } from "../address";
import type { Knowledge } from "../api/shapes";

export const COLUMNS = ["name", "id", "kernel", "age", "idle", "size", "messages", "pages", "knowledge"] as const;
export type Column = (typeof COLUMNS)[number];

export const GROUPS = ["kernel", "target", "model", "tree"] as const;
/** How rows are put together; none: one list. */
export type Group = (typeof GROUPS)[number] | "none";

export const KNOWLEDGE: readonly Knowledge[] = ["clean", "dirty", "unknown", "too_large"];

/** The conditions that leave comms out, by their names in the URL. */
export const FILTERS = ["text", "kernel", "target", "model", "knowledge", "attached", "idle"] as const;

export interface Filter {
  /** Part of the id, target, model or notebook; case does not matter. */
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

/** Read conditions. What makes no sense is as if it were not there: links are typed by people too. */
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
    // The newest first: what somebody just made is what they look for.
    sort: column ?? "age",
    down: column !== undefined && sort.startsWith("-"),
    group: GROUPS.find((each) => each === conditions.group) ?? "none",
  };
}

/** The conditions without those that leave comms out. */
export function unfiltered(conditions: Conditions): Conditions {
  return Object.fromEntries(Object.entries(conditions).filter(([name]) => !FILTERS.some((each) => each === name)));
}

/** How many conditions leave comms out. */
export function filterCount(filter: Filter): number {
  return FILTERS.filter((name) => filter[name] !== undefined && filter[name] !== "").length;
}

/** What the URL says after a click on a column: that column, or it the other way round. */
export function sortAfter(wanted: Wanted, column: Column): string {
  // What is counted is looked at for its largest.
  const countsDown = ["idle", "size", "messages", "pages"].includes(column);
  const down = wanted.sort === column ? !wanted.down : countsDown;
  return down ? `-${column}` : column;
}
