// A tree of widgets below those that refer to them. Comms in a cycle are shown once.
import type { Comm } from "../store/comm_table";
import { keyOf, type CommRow } from "./row";

interface Step {
  readonly comm: Comm;
  readonly key: string;
  readonly parent: string;
  readonly level: number;
  readonly position: number;
  readonly of: number;
  /** Whether it is below a folded row. */
  readonly hidden: boolean;
}

/** Make the tree of sorted comms, with the comms that lead to them. */
export function tree(comms: readonly Comm[], all: readonly Comm[], folded: ReadonlySet<string>): readonly CommRow[] {
  const live = new Map(all.map((each) => [keyOf(each), each]));
  const wanted = new Set(comms.map(keyOf));
  const shown = withAncestors(comms, live);
  const below = (comm: Comm) =>
    [...new Set(comm.references)].flatMap((id) => {
      const found = id === comm.comm_id ? undefined : shown.get(`${comm.kernel_id} ${id}`);
      return found ? [found] : [];
    });
  const inOrder = [...shown.values()];
  const held = new Set(inOrder.flatMap((each) => below(each).map(keyOf)));
  const roots = inOrder.filter((each) => !held.has(keyOf(each)));
  const placed = new Set<string>();
  const rows: CommRow[] = [];

  const place = (root: Comm, position: number, of: number) => {
    // A stack, not recursion, because widgets may be nested to any depth.
    const steps: Step[] = [{ comm: root, key: keyOf(root), parent: "", level: 1, position, of, hidden: false }];
    for (let step = steps.pop(); step; step = steps.pop()) {
      const { comm, key, level, hidden } = step;
      const again = placed.has(key);
      const children = again ? [] : below(comm);
      placed.add(key);
      const rowKey = again ? `${step.parent} > ${key}` : key;
      const open = children.length ? !folded.has(rowKey) : undefined;
      if (!hidden) {
        rows.push({ kind: "comm", key: rowKey, commKey: key, comm, level, open, position: step.position, of: step.of, context: !wanted.has(key), again });
      }
      for (let index = children.length - 1; index >= 0; index--) {
        const child = children[index]!;
        const below = { position: index + 1, of: children.length, hidden: hidden || open === false };
        steps.push({ comm: child, key: keyOf(child), parent: key, level: level + 1, ...below });
      }
    }
  };
  roots.forEach((root, index) => place(root, index + 1, roots.length));
  // The rest is in cycles. The first comm of each cycle is its root.
  for (const each of inOrder) if (!placed.has(keyOf(each))) place(each, 1, 1);
  return rows;
}

/** The comms and their ancestors, by key. An ancestor takes the place of its first descendant. */
function withAncestors(comms: readonly Comm[], live: ReadonlyMap<string, Comm>): Map<string, Comm> {
  const found = new Map(comms.map((comm, rank) => [keyOf(comm), { comm, rank }]));
  // Iteration over a map includes entries that are added meanwhile.
  for (const { comm, rank } of found.values()) {
    for (const id of comm.parents) {
      const key = `${comm.kernel_id} ${id}`;
      const parent = live.get(key);
      if (parent && !found.has(key)) found.set(key, { comm: parent, rank });
    }
  }
  const placed = [...found].sort(([, one], [, other]) => one.rank - other.rank);
  return new Map(placed.map(([key, { comm }]) => [key, comm]));
}
