// The facts about a comm that the table needs.
import type { Comm } from "../store/comm_table";
import { keyOf } from "./row";

/** The name of a comm: that of its model, or of its target. */
export function nameOf(comm: Comm): string {
  return comm.model?.name || comm.target_name;
}

/** Whether its state is kept. The broker understands only the messages of widgets. */
export function isWidget(comm: Comm): boolean {
  return comm.target_name === "jupyter.widget";
}

/** The comms that only these use, directly or through each other: mostly layouts and styles. */
export function usedOnlyBy(chosen: readonly Comm[], all: readonly Comm[]): readonly Comm[] {
  const live = new Map(all.map((each) => [keyOf(each), each]));
  const going = new Set(chosen.map(keyOf));
  const found: Comm[] = [];
  const queue = [...chosen];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { kernel_id, references } = next;
    for (const id of references) {
      const used = live.get(`${kernel_id} ${id}`);
      if (!used || going.has(keyOf(used)) || used.parents.some((parent) => !going.has(`${kernel_id} ${parent}`))) continue;
      going.add(keyOf(used));
      found.push(used);
      queue.push(used);
    }
  }
  return found;
}
