// Messages and bytes per second in each direction over the last minutes, for the plots.
import type { KernelView, Passed } from "../api/shapes";

/** One moment: the traffic per second since the moment before. */
export interface Rates {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly messages: Passed;
  readonly bytes: Passed;
}

/** The most moments: five minutes with one every two seconds. */
export const MOMENTS = 150;

interface Total {
  readonly at: number;
  readonly kernels: ReadonlyMap<string, { messages: Passed; bytes: Passed }>;
}

/** Computes rates from sums that only grow, and keeps the latest. */
export class RateLog {
  #last: Total | undefined;
  #kept: Rates[] = [];

  /** The moments, oldest first. */
  get moments(): readonly Rates[] {
    return this.#kept;
  }

  /** Take the sums at a time in seconds. */
  add(kernels: readonly KernelView[], at: number): void {
    const now: Total = { at, kernels: new Map(kernels.map((each) => [each.kernel_id, each])) };
    const before = this.#last;
    this.#last = now;
    if (!before || at <= before.at) return;
    const seconds = at - before.at;
    this.#kept.push({ at, messages: grown(before, now, "messages", seconds), bytes: grown(before, now, "bytes", seconds) });
    if (this.#kept.length > MOMENTS) this.#kept.splice(0, this.#kept.length - MOMENTS);
  }

  /** Start again, because the sums are those of another server. */
  restart(): void {
    this.#last = undefined;
  }
}

function grown(before: Total, now: Total, what: "messages" | "bytes", seconds: number): Passed {
  let fromKernel = 0;
  let fromFrontends = 0;
  for (const [id, total] of now.kernels) {
    // A new kernel started at zero.
    const old = before.kernels.get(id)?.[what];
    fromKernel += Math.max(0, total[what].from_kernel - (old?.from_kernel ?? 0));
    fromFrontends += Math.max(0, total[what].from_frontends - (old?.from_frontends ?? 0));
  }
  return { from_kernel: fromKernel / seconds, from_frontends: fromFrontends / seconds };
}
