// The kernels with their notebooks, from the broker's answer and jupyter_server's sessions.
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
  /** Its name for people: that of its notebook or its kernel spec, or its id. */
  readonly title: string;
  /** The path of its notebook or console; undefined if no session has it. */
  readonly path: string | undefined;
  /** The name of the kernel spec, for example python3. */
  readonly spec: string | undefined;
}

/** The broker's last answer; undefined before the first. */
export const broker = signal<BrokerView | undefined>(undefined);
/** When that answer came (Date.now()). Its durations grow from then on. */
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

/** The kernels by id. */
export const kernelById = computed(() => new Map(kernels.value.map((each) => [each.kernel_id, each])));

/** The name of a kernel, also of one that is gone. */
export function kernelTitle(kernelId: string): string {
  return kernelById.value.get(kernelId)?.title ?? `kernel ${kernelId.slice(0, 8)}`;
}

const log = new RateLog();
/** The traffic per second of the last minutes. The list is replaced with each new moment. */
export const rates = signal<readonly Rates[]>([]);

/** The milliseconds between two requests for notebooks, if no kernel is new. */
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
  // A kernel without a session has no notebook. It is looked for again, but not every time.
  if (Date.now() - namesAskedAt > (isNews ? 2000 : NAMES_EVERY)) {
    namesAskedAt = Date.now();
    sessions.value = await fetchSessions();
  }
}

/** Fetches the kernels every two seconds while a view shows them. */
export const kernelPoller = new Poller(ask, 2000, (failure) => {
  if (failure instanceof ApiError && (failure.isSignedOut || failure.isUnreachable)) doubts.value += 1;
  tellFailure("The kernels could not be fetched", failure);
});
