// The figures at the top: sums over kernels, and words for a kernel's state.
import type { FrontendView, KernelView, Knowledge } from "../api/shapes";
import type { Tone } from "../parts/Mark";

export interface Sums {
  readonly kernels: number;
  readonly busy: number;
  readonly comms: number;
  readonly attached: number;
  readonly away: number;
  readonly waitingMessages: number;
  readonly waitingBytes: number;
  /** The longest lag of all pages; null if no page lags. */
  readonly lag: number | null;
  readonly restores: number;
  /** The average seconds that a page waited for its widgets; null if none asked. */
  readonly restoreSeconds: number | null;
  readonly states: Readonly<Record<Knowledge, number>>;
  readonly stateBytes: number;
}

/** Sum up kernels. */
export function sums(kernels: readonly KernelView[]): Sums {
  const pages = kernels.flatMap((each) => each.frontends);
  const attached = pages.filter((each) => each.attached);
  const add = (of: (kernel: KernelView) => number) => kernels.reduce((sum, each) => sum + of(each), 0);
  const restores = add((each) => each.restores.answered);
  const lags = attached.map((each) => each.lag_seconds ?? 0);
  const lag = Math.max(0, ...lags);
  return {
    kernels: kernels.length,
    busy: kernels.filter((each) => each.running).length,
    comms: add((each) => each.comms),
    attached: attached.length,
    away: pages.length - attached.length,
    waitingMessages: attached.reduce((sum, each) => sum + each.waiting_messages, 0),
    waitingBytes: attached.reduce((sum, each) => sum + each.waiting_bytes, 0),
    lag: lag || null,
    restores,
    restoreSeconds: restores ? add((each) => each.restores.seconds) / restores : null,
    states: {
      clean: add((each) => each.states.clean),
      dirty: add((each) => each.states.dirty),
      unknown: add((each) => each.states.unknown),
      too_large: add((each) => each.states.too_large),
    },
    stateBytes: add((each) => each.state_bytes),
  };
}

/** The number of comms of each target over all kernels, the largest first. */
export function targets(kernels: readonly KernelView[]): readonly (readonly [string, number])[] {
  const found = new Map<string, number>();
  for (const kernel of kernels) {
    for (const [name, count] of Object.entries(kernel.targets)) found.set(name, (found.get(name) ?? 0) + count);
  }
  return [...found].sort(([oneName, one], [otherName, other]) => other - one || oneName.localeCompare(otherName));
}

/** Sort pages: those that lag most first, those that are away last. */
export function worstFirst(pages: readonly FrontendView[]): readonly FrontendView[] {
  const weight = (page: FrontendView) => (page.attached ? page.waiting_bytes : -1);
  return [...pages].sort((one, other) => weight(other) - weight(one));
}

export interface Status {
  readonly tone: Tone;
  readonly text: string;
  /** What the word means, if it is not clear. */
  readonly meaning?: string;
}

/** What a kernel is doing, in a word. The duration is shown beside it. */
export function status(kernel: KernelView): Status {
  if (kernel.execution_state === "dead") return { tone: "bad", text: "Dead", meaning: "The kernel's process ended. Restart it in its notebook." };
  if (kernel.link === "lost") return { tone: "bad", text: "Link lost", meaning: "The broker gets no messages from this kernel. It tries again by itself." };
  if (kernel.link === "broken") return { tone: "bad", text: "Not connected", meaning: "The server cannot connect to this kernel. The server's log says why. It tries again by itself." };
  if (kernel.link === "released") return { tone: "plain", text: "Unused", meaning: "No page or program uses this kernel, so the server is not connected to it at the gateway. It connects when somebody comes." };
  if (kernel.link === "connecting") return { tone: "plain", text: "Connecting", meaning: "The broker is checking whether it gets the kernel's messages." };
  if (kernel.running) return { tone: "busy", text: "Busy" };
  // A kernel that no page has used yet only said that it starts. But it is known to answer.
  const answers = kernel.execution_state === "starting" && kernel.link === "proven";
  if (kernel.execution_state === "idle" && kernel.link === "assumed") {
    return { tone: "plain", text: "Idle", meaning: "The kernel has not answered the broker yet. Messages are passed on all the same." };
  }
  if (kernel.execution_state === "idle" || answers) return { tone: "good", text: "Idle" };
  const word = kernel.execution_state;
  return { tone: "plain", text: word.charAt(0).toUpperCase() + word.slice(1) };
}

/** The names of states that cannot be trusted, and what the broker does about them. */
export const DOUBTS: readonly (readonly [Exclude<Knowledge, "clean">, string, string])[] = [
  ["dirty", "dirty", "They may differ from the kernel's. The kernel is asked when it has time."],
  ["unknown", "unknown", "The broker has never seen them whole. The kernel is asked when it has time."],
  ["too_large", "too large", "They are over a limit and not kept. A page that comes back asks the kernel."],
];
