// What the broker counts that somebody who runs a server wants to know: what was refused, cut off, corrected, and what went wrong.

/** By the counter's name: what it is called, and what it means. */
export const NOTEWORTHY: readonly (readonly [string, string, string])[] = [
  ["faults", "faults of the broker", "The messages passed all the same; the server's log says more."],
  ["malformed_from_kernel", "malformed messages of kernels", "They were dropped; the server's log says why."],
  ["lost_before_us", "messages of kernels lost", "A kernel dropped them before the broker heard them, as in a flood; states are asked for anew."],
  ["refused_unauthorized", "messages refused for want of a right", "Their sender was told which right on comms it takes."],
  ["refused", "messages of pages refused", "Each page was told which limit it was."],
  ["cut_off_pages", "pages cut off", "They lagged more than CommBroker.outbox_cap_bytes, and got state when they came back."],
  ["given_up_absences", "absences given up", "More was missed than CommBroker.absent_bytes; the page got state when it came back."],
  ["output_over_limit", "outputs over the rate limit", "The limits are those of the server's kernel connections, as iopub_msg_rate_limit."],
  ["dropped_output", "outputs dropped", "For pages that were away, which were told."],
  ["conflated", "updates merged", "For pages that lagged or were away: each gets the last value."],
  ["corrected", "states corrected", "The kernel was asked and knew better; pages were told."],
];

/** Return those that are not zero, in order of weight. */
export function noteworthy(counters: Readonly<Record<string, number>>): readonly { readonly name: string; readonly count: number; readonly text: string; readonly meaning: string }[] {
  return NOTEWORTHY.flatMap(([name, text, meaning]) => {
    const count = counters[name] ?? 0;
    return count ? [{ name, count, text, meaning }] : [];
  });
}
