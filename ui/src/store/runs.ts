// What the kernels run now, with the last lines of output, for users who may read kernels.
import { effect, signal } from "@preact/signals";
import { fetchRuns } from "../api/broker";
import type { BrokerView, RunPage } from "../api/shapes";
import { broker } from "./kernels";
import { permissions } from "./permissions";

/** What each busy kernel runs. A kernel of which that is not known is missing. */
export const runs = signal<ReadonlyMap<string, RunPage>>(new Map());

/** Ask about the busy kernels with each answer of the broker, while a view shows what they run. The returned function ends it. */
export function watchRuns(): () => void {
  let isAsking = false;
  let isOver = false;
  const stop = effect(() => {
    const found = broker.value;
    if (!permissions.value.kernels || !found) runs.value = new Map();
    else if (!isAsking) void ask(found);
  });

  async function ask(found: BrokerView): Promise<void> {
    isAsking = true;
    const busy = found.kernels.filter((each) => each.running);
    // A kernel that has just ended is no failure. What else goes wrong, the broker's own answers tell.
    const pages = await Promise.all(busy.map((each) => fetchRuns(each.kernel_id).catch(() => undefined)));
    isAsking = false;
    if (isOver || !permissions.peek().kernels) return;
    runs.value = new Map(pages.flatMap((page) => (page ? [[page.kernel_id, page]] : [])));
  }

  return () => {
    isOver = true;
    stop();
    runs.value = new Map();
  };
}
