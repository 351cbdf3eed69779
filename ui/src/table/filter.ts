// Finds the comms that meet the conditions.
import { secondsSince } from "../parts/format";
import type { Comm } from "../store/comm_table";
import { isWidget } from "./facts";
import type { Filter } from "./wanted";

/** The most characters of a name that are searched. Nobody types more. */
const SEARCHED = 2000;
const texts = new WeakMap<Comm, string>();

/** The comms that meet all conditions, in their order. */
export function matching(comms: readonly Comm[], filter: Filter, titleOf: (kernelId: string) => string, now: number): readonly Comm[] {
  const text = filter.text.toLowerCase();
  return comms.filter(
    (each) =>
      (filter.kernel === undefined || each.kernel_id === filter.kernel) &&
      (filter.target === undefined || each.target_name === filter.target) &&
      (filter.model === undefined || each.model?.name === filter.model) &&
      (filter.knowledge === undefined || (each.knowledge === filter.knowledge && isWidget(each))) &&
      (filter.attached === undefined || each.frontends.length > 0 === filter.attached) &&
      (filter.idle === undefined || secondsSince(each.last_activity, now) > filter.idle) &&
      (!text || searched(each).includes(text) || titleOf(each.kernel_id).toLowerCase().includes(text)),
  );
}

function searched(comm: Comm): string {
  let text = texts.get(comm);
  if (text === undefined) {
    text = [comm.comm_id, comm.target_name, comm.model?.name ?? "", comm.caption ?? ""].map((each) => each.slice(0, SEARCHED)).join("\n").toLowerCase();
    texts.set(comm, text);
  }
  return text;
}

/** A value, and how many comms have it. */
export interface Choice {
  readonly value: string;
  readonly count: number;
}

/** The most values in a list, and the most characters of a name in a URL. The search finds the others. */
const MOST_CHOICES = 200;
const LONGEST = 1000;

/** The values that can be chosen, the most frequent first. */
export function choices(comms: readonly Comm[], of: (comm: Comm) => string | undefined): readonly Choice[] {
  const found = new Map<string, number>();
  for (const each of comms) {
    const value = of(each);
    if (value && value.length <= LONGEST) found.set(value, (found.get(value) ?? 0) + 1);
  }
  return [...found]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
    .slice(0, MOST_CHOICES);
}
