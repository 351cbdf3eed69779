// The counters that an operator wants to see: what was refused, cut off or corrected, and what went wrong.

/** Counters with their titles and meanings. */
export const NOTEWORTHY: readonly (readonly [string, string, string])[] = [
  ["faults", "errors of the broker", "The messages passed all the same. The server's log says more."],
  ["link_failures", "failed attempts to connect to a kernel", "Pages' messages waited. The server's log says what to do."],
  ["malformed_from_kernel", "malformed messages from kernels", "They were dropped. The server's log says why."],
  ["lost_before_us", "messages that kernels lost", "A kernel dropped them before the broker read them, as in a flood. States are asked for again."],
  ["undelivered_at_restart", "messages lost with a kernel's process", "They were on their way when the kernel was restarted."],
  ["last_words_cut", "floods cut at a kernel's end", "Not all of the process's last messages were read. The log says of which kernel."],
  ["receive_limit_reached", "floods from kernels", "Each stands for 1,000 messages that came faster than they were read. A kernel may have dropped some."],
  ["refused_unauthorized", "messages refused for lack of a right", "The sender was told which right on comms is needed."],
  ["refused", "messages from pages refused", "Each page was told the limit."],
  ["cut_off_pages", "pages cut off", "They lagged more than CommBroker.outbox_cap_bytes. They got the states when they came back."],
  ["given_up_absences", "absent pages given up", "They missed more than CommBroker.absent_bytes. They got the states when they came back."],
  ["output_over_limit", "outputs over the rate limit", "The limits are those of the server's kernel connections, for example iopub_msg_rate_limit."],
  ["dropped_output", "outputs dropped", "They were for pages that were away. The pages were told."],
  ["run_output_dropped", "cuts of cells' output", "The limits are CommBroker.run_text_bytes and CommBroker.runs_bytes. A sentence stands in its place."],
  ["late_answers", "late answers to input()", "Another page had answered already."],
  ["conflated", "updates merged", "They were for pages that lagged or were away. Each page gets the last value."],
  ["corrected", "states corrected", "The kernel was asked and had another value. The pages were told."],
  ["attached_runs", "cells given back", "A page came back and got its running cell, with all output."],
];

/** Return the counters that are not zero, the most important first. */
export function noteworthy(counters: Readonly<Record<string, number>>): readonly { readonly name: string; readonly count: number; readonly text: string; readonly meaning: string }[] {
  return NOTEWORTHY.flatMap(([name, text, meaning]) => {
    const count = counters[name] ?? 0;
    return count ? [{ name, count, text, meaning }] : [];
  });
}
