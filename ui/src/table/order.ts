// In which order comms stand.
import type { Comm } from "../store/comm_table";
import { isWidget, nameOf } from "./facts";
import type { Column } from "./wanted";

/** How much a state may differ from the kernel's. */
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
      // Dates, not seconds: these stay as they are while time passes. As the server writes them, they sort as text.
      return (each) => each.opened_at;
    case "idle":
      return (each) => each.last_activity;
    case "size":
      // A secret's size is not told.
      return (each) => each.bytes.state ?? -1;
    case "messages":
      return (each) => each.messages.from_kernel + each.messages.from_frontends;
    case "pages":
      return (each) => each.frontends.length;
    case "knowledge":
      return (each) => (isWidget(each) ? DOUBT[each.knowledge] : 4);
  }
}

/** The comms, which come in the order of their opening, in another. What is equal stands newest first, whichever way the column goes. */
export function ordered(comms: readonly Comm[], column: Column, down: boolean, titleOf: (kernelId: string) => string): readonly Comm[] {
  const key = keyOf(column, titleOf);
  // The later the date, the smaller the age.
  const way = down === (column === "age" || column === "idle") ? 1 : -1;
  return comms
    .map((comm, index) => ({ comm, key: key(comm), index }))
    .sort((one, other) => (one.key < other.key ? -way : one.key > other.key ? way : other.index - one.index))
    .map((each) => each.comm);
}
