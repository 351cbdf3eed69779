import { describe, expect, it } from "vitest";
import { comm, family } from "./comms.testing";
import type { Row } from "./row";
import { arrange } from "./rows";

const NONE = new Set<string>();
/** Rows as text: two spaces a level, + and - for folds, ~ for what only leads to others, " again" where it stands twice. */
const drawn = (rows: readonly Row[]) =>
  rows.map((row) => {
    const fold = row.open === undefined ? "" : row.open ? "-" : "+";
    if (row.kind === "group") return `${fold}${row.value} (${row.comms.length})`;
    return `${"  ".repeat(row.level - 1)}${fold}${row.context ? "~" : ""}${row.comm.comm_id}${row.again ? " again" : ""}`;
  });

describe("groups", () => {
  const all = [comm("a", { model: "M" }), comm("b", { kernel_id: "k2", target_name: "t" }), comm("c", { kernel_id: "k2", model: "M" })];

  it("are in the order of their first comm, and fold", () => {
    expect(drawn(arrange(all, all, "kernel", NONE))).toEqual(["-k1 (1)", "  a", "-k2 (2)", "  b", "  c"]);
    expect(drawn(arrange(all, all, "kernel", new Set(["group kernel k1"])))).toEqual(["+k1 (1)", "-k2 (2)", "  b", "  c"]);
    expect(drawn(arrange(all, all, "target", NONE))).toEqual(["-jupyter.widget (2)", "  a", "  c", "-t (1)", "  b"]);
    expect(drawn(arrange(all, all, "model", NONE))).toEqual(["-M (2)", "  a", "  c", "- (1)", "  b"]);
  });

  it("say of each row where it stands among its neighbours", () => {
    const rows = arrange(all, all, "kernel", NONE);
    expect(rows.map((row) => [row.position, row.of])).toEqual([[1, 2], [1, 1], [2, 2], [1, 2], [2, 2]]);
  });
});

describe("the tree", () => {
  const tree = (all: ReturnType<typeof family>, some = all, folded: ReadonlySet<string> = NONE) => drawn(arrange(some, all, "tree", folded));

  it("has widgets under those that refer to them", () => {
    expect(tree(family({ box: ["a", "b"], a: ["la"], b: ["lb"], alone: [] }))).toEqual(["-box", "  -a", "    la", "  -b", "    lb", "alone"]);
  });

  it("shows what several refer to under each, with its own below the first", () => {
    const rows = arrange(family({ one: ["s"], two: ["s"], s: ["t"] }), family({ one: ["s"], two: ["s"], s: ["t"] }), "tree", NONE);
    expect(drawn(rows)).toEqual(["-one", "  -s", "    t", "-two", "  s again"]);
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  });

  it("ends where comms refer to each other in circles, or to themselves", () => {
    expect(tree(family({ a: ["b"], b: ["c"], c: ["a"] }))).toEqual(["-a", "  -b", "    -c", "      a again"]);
    expect(tree(family({ self: ["self"] }))).toEqual(["self"]);
    expect(tree(family({ root: ["a"], a: ["b"], b: ["a"] }))).toEqual(["-root", "  -a", "    -b", "      a again"]);
  });

  it("shows what leads to what meets the conditions", () => {
    const all = family({ box: ["a", "b"], a: ["la"], b: ["lb"] });
    expect(tree(all, all.filter((each) => each.comm_id === "lb"))).toEqual(["-~box", "  -~b", "    lb"]);
  });

  it("folds, and loses nothing that is folded", () => {
    const all = family({ box: ["a"], a: ["b"], b: ["a"] });
    expect(tree(all, all, new Set(["k1 box"]))).toEqual(["+box"]);
    expect(tree(all, all, new Set(["k1 a"]))).toEqual(["-box", "  +a"]);
  });

  it("leaves out references to what is gone, and keeps kernels apart", () => {
    const all = [comm("a", { references: ["gone", "b"] }), comm("b", { kernel_id: "k2" })];
    expect(tree(all)).toEqual(["a", "b"]);
  });

  it("takes very deep chains and many that share one", () => {
    const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`c${index}`, [`c${index + 1}`]]));
    const all = Object.entries(chain).map(([id, references], index) => comm(id, { references, parents: index ? [`c${index - 1}`] : [] }));
    const rows = arrange(all, all, "tree", NONE);
    expect([rows.length, rows.at(-1)?.kind === "comm" && rows.at(-1)]).toMatchObject([20_000, { level: 20_000 }]);
  });
});
