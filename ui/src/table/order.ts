// The order of comms.
import type { Comm } from "../store/comm_table";
import { isWidget, nameOf } from "./facts";
import type { Column } from "./wanted";

/** How much a state may differ from the kernel's, as a number. */
const DOUBT = { clean: 0, dirty: 1, unknown: 2, too_large: 3 } as const;

type Key = string | number;

function keyOf(column: Column, titleOf: (kernelId: string) => string): (comm: Comm) => Key {
  switch (column) {
    case "name":
      return (each) => nameOf(each).slice(0, 200).toLowerCase();
    case "id":
      return (each) => each.comm_id;
    case "kernel":
      return (each) => titleOf(each.kernel_id).toLowerCase();
    case "age":
      // Dates, because ages change with time. The server's dates can be sorted as text.
      return (each) => each.opened_at;
    case "idle":
      return (each) => each.last_activity;
    case "size":
      // The size of a secret is hidden.
      return (each) => each.bytes.state ?? -1;
    case "messages":
      return (each) => each.messages.from_kernel + each.messages.from_frontends;
    case "pages":
      return (each) => each.frontends.length;
    case "knowledge":
      return (each) => (isWidget(each) ? DOUBT[each.knowledge] : 4);
  }
}

/** Sort comms, which come in the order of their opening. Equal comms stay newest first, in both directions. */
export function ordered(comms: readonly Comm[], column: Column, down: boolean, titleOf: (kernelId: string) => string): readonly Comm[] {
  const key = keyOf(column, titleOf);
  // A later date is a smaller age.
  const way = down === (column === "age" || column === "idle") ? 1 : -1;
  return comms
    .map((comm, index) => ({ comm, key: key(comm), index }))
    .sort((one, other) => (one.key < other.key ? -way : one.key > other.key ? way : other.index - one.index))
    .map((each) => each.comm);
}
