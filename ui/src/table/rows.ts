// The rows of the table: comms as a list, in groups or as a tree.
import type { Comm } from "../store/comm_table";
import { keyOf, type CommRow, type Row } from "./row";
import { tree } from "./tree";
import type { Group } from "./wanted";

/** Make the rows of sorted comms. `all` are the open comms, and `folded` has the keys of folded rows. */
export function arrange(comms: readonly Comm[], all: readonly Comm[], group: Group, folded: ReadonlySet<string>): readonly Row[] {
  if (group === "tree") return tree(comms, all, folded);
  if (group === "none") return comms.map((comm, index) => plainRow(comm, 1, index + 1, comms.length));
  const members = new Map<string, Comm[]>();
  for (const comm of comms) {
    const value = group === "kernel" ? comm.kernel_id : group === "target" ? comm.target_name : (comm.model?.name ?? "");
    const found = members.get(value);
    if (found) found.push(comm);
    else members.set(value, [comm]);
  }
  const rows: Row[] = [];
  let position = 0;
  for (const [value, found] of members) {
    const key = `group ${group} ${value}`;
    const open = !folded.has(key);
    position += 1;
    rows.push({ kind: "group", key, value, comms: found, open, position, of: members.size });
    if (open) found.forEach((comm, index) => rows.push(plainRow(comm, 2, index + 1, found.length)));
  }
  return rows;
}

function plainRow(comm: Comm, level: number, position: number, of: number): CommRow {
  const key = keyOf(comm);
  return { kind: "comm", key, commKey: key, comm, level, open: undefined, position, of, context: false, again: false };
}
