// The kernels, each with its notebook: the broker's answer and jupyter_server's sessions put together.
import { batch, computed, signal } from "@preact/signals";
import { fetchBroker, fetchSessions } from "../api/broker";
import { ApiError } from "../api/request";
import type { BrokerView, KernelView, SessionView } from "../api/shapes";
import { doubts } from "./connection";
import { tellFailure } from "./notices";
import { Poller } from "./poller";
import { RateLog, type Rates } from "./rates";

/** A kernel and the document it belongs to. */
export interface Kernel extends KernelView {
  /** What people call it: its notebook's name, else its spec's, else its id. */
  readonly title: string;
  /** The path of its notebook or console; undefined where no session has it. */
  readonly path: string | undefined;
  /** The kernel spec's name, as python3. */
  readonly spec: string | undefined;
}

/** The broker's own answer; undefined until the first one. */
export const broker = signal<BrokerView | undefined>(undefined);
/** When that answer came (Date.now()): durations in it grow from then on. */
export const brokerAt = signal(0);
const sessions = signal<readonly SessionView[]>([]);

/** Every kernel, in the broker's order. */
export const kernels = computed<readonly Kernel[]>(() => {
  const byKernel = new Map(sessions.value.map((each) => [each.kernel?.id, each]));
  return (broker.value?.kernels ?? []).map((kernel) => {
    const session = byKernel.get(kernel.kernel_id);
    return {
      ...kernel,
      title: session?.path.split("/").at(-1) || session?.name || session?.kernel?.name || `kernel ${kernel.kernel_id.slice(0, 8)}`,
      path: session?.path,
      spec: session?.kernel?.name,
    };
  });
});

/** The same by id. */
export const kernelById = computed(() => new Map(kernels.value.map((each) => [each.kernel_id, each])));

/** What a kernel is called, also one that is gone. */
export function kernelTitle(kernelId: string): string {
  return kernelById.value.get(kernelId)?.title ?? `kernel ${kernelId.slice(0, 8)}`;
}

const log = new RateLog();
/** What passed a second, of the last minutes; another list each time there is another moment. */
export const rates = signal<readonly Rates[]>([]);

/** So often names of notebooks are asked for, where no new kernel is the reason. */
const NAMES_EVERY = 15_000;
let namesAskedAt = 0;

async function ask(): Promise<void> {
  const found = await fetchBroker();
  const known = new Set(sessions.value.map((each) => each.kernel?.id));
  const isNews = found.kernels.some((each) => !known.has(each.kernel_id));
  batch(() => {
    broker.value = found;
    brokerAt.value = Date.now();
  });
  log.add(found.kernels, Date.now() / 1000);
  rates.value = log.moments.slice();
  // A kernel without a session stays unknown: it is looked for again, but not every time.
  if (Date.now() - namesAskedAt > (isNews ? 2000 : NAMES_EVERY)) {
    namesAskedAt = Date.now();
    sessions.value = await fetchSessions();
  }
}

/** Asks for kernels every two seconds while somebody wants them. */
export const kernelPoller = new Poller(ask, 2000, (failure) => {
  if (failure instanceof ApiError && (failure.isSignedOut || failure.isUnreachable)) doubts.value += 1;
  tellFailure("The kernels could not be asked for", failure);
});
