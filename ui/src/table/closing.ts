// Closes many comms, with one request per kernel: first a dry run, then for real.
import { ApiError, request } from "../api/request";
import type { Comm } from "../store/comm_table";

export interface Going {
  readonly comm_id: string;
  readonly target_name: string;
  readonly model: string | null;
  readonly idle_seconds: number;
}

export interface Staying {
  readonly comm_id: string;
  readonly reason: "held" | "closed" | "unknown";
  readonly held_by: string | null;
}

/** What happens, or would happen, to a kernel's comms. */
export interface Closings {
  readonly kernel_id: string;
  readonly dry_run: boolean;
  readonly closed: number;
  readonly comms: readonly Going[];
  readonly staying: readonly Staying[];
}

/** The same for several kernels. */
export interface Outcome {
  readonly answers: readonly Closings[];
  /** Kernels that failed, and why. */
  readonly failures: readonly { readonly kernelId: string; readonly count: number; readonly why: string }[];
}

/** The most comms in one request to REST. */
const MOST = 10_000;

/** Ids by kernel. */
export type Chosen = ReadonlyMap<string, readonly string[]>;

/** Group comms by kernel. If they need several requests, comms that others refer to come after those others. */
export function byKernel(comms: readonly Comm[]): Chosen {
  const found = new Map<string, Comm[]>();
  for (const each of comms) {
    const known = found.get(each.kernel_id);
    if (known) known.push(each);
    else found.set(each.kernel_id, [each]);
  }
  return new Map([...found].map(([kernel, members]) => [kernel, (members.length > MOST ? members.toSorted((one, other) => one.parents.length - other.parents.length) : members).map((each) => each.comm_id)]));
}

/** Close comms, or ask what would be closed. */
export async function closeAll(chosen: Chosen, dryRun: boolean, signal?: AbortSignal): Promise<Outcome> {
  const answers: Closings[] = [];
  const failures: { kernelId: string; count: number; why: string }[] = [];
  for (const [kernelId, ids] of chosen) {
    try {
      for (let from = 0; from < ids.length; from += MOST) {
        const body = { comms: ids.slice(from, from + MOST), dry_run: dryRun };
        answers.push(await request<Closings>(["api", "kernels", kernelId, "closings"], { method: "POST", body, signal }));
      }
    } catch (failure) {
      if (signal?.aborted) throw failure;
      failures.push({ kernelId, count: ids.length, why: reasonOf(failure) });
    }
  }
  return { answers, failures };
}

function reasonOf(failure: unknown): string {
  if (!(failure instanceof ApiError)) return String(failure);
  if (failure.status === 404) return "The kernel is gone, and its comms with it.";
  if (failure.status === 503) return `${failure.message}. Restart it, or try again.`;
  return failure.message;
}

/** The comms to close, by kernel, for the next request. */
export function goingOf(outcome: Outcome): Chosen {
  const found = new Map<string, string[]>();
  for (const { kernel_id, comms } of outcome.answers) found.set(kernel_id, [...(found.get(kernel_id) ?? []), ...comms.map((each) => each.comm_id)]);
  for (const [kernel, ids] of found) if (!ids.length) found.delete(kernel);
  return found;
}

/** How many comms are closed, or would be. */
export function countOf(chosen: Chosen): number {
  return [...chosen.values()].reduce((sum, each) => sum + each.length, 0);
}
