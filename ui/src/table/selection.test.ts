import { describe, expect, it } from "vitest";
import { comm } from "./comms.testing";
import { arrange } from "./rows";
import { extended, moved, NOTHING, only, selectable, share, toggled, type Selection } from "./selection";

const all = [..."abcde"].map((id) => comm(id, { kernel_id: id < "c" ? "k1" : "k2" }));
const rows = arrange(all, all, "none", new Set());
const places = new Map(rows.map((row, index) => [row.key, index]));
const key = (id: string) => rows.find((row) => row.kind === "comm" && row.comm.comm_id === id)!.key;
const ids = (selection: Selection) => [...selection.selected].map((each) => each.split(" ")[1]).sort().join("");
const to = (before: Selection, id: string) => extended(before, rows, places, key(id));

describe("selection", () => {
  it("Space selects, and no longer", () => {
    const one = toggled(moved(NOTHING, key("b")), rows[1]!);
    expect([ids(one), one.cursor]).toEqual(["b", key("b")]);
    expect(ids(toggled(one, rows[1]!))).toBe("");
  });

  it("a range follows the cursor there and back, beside what was selected", () => {
    const begun = moved(toggled(NOTHING, rows[4]!), key("b"));
    expect(ids(to(begun, "d"))).toBe("bcde");
    expect(ids(to(to(begun, "d"), "c"))).toBe("bce");
    expect(ids(to(to(begun, "d"), "a"))).toBe("abe");
  });

  it("a range without a beginning begins at the cursor", () => expect(ids(to({ ...NOTHING, cursor: key("c") }, "d"))).toBe("cd"));

  it("moving alone changes nothing that is selected", () => expect(ids(moved(only(NOTHING, [key("a")]), key("d")))).toBe("a"));

  it("a folded group counts for all in it, an open one only in its place", () => {
    const shut = arrange(all, all, "kernel", new Set(["group kernel k1"]));
    const at = new Map(shut.map((row, index) => [row.key, index]));
    expect(ids(toggled(NOTHING, shut[0]!))).toBe("ab");
    expect(ids(extended(moved(NOTHING, shut[0]!.key), shut, at, shut[2]!.key))).toBe("abc");
    const open = arrange(all, all, "kernel", new Set());
    const where = new Map(open.map((row, index) => [row.key, index]));
    expect(ids(extended(moved(NOTHING, open[1]!.key), open, where, open[4]!.key))).toBe("abc");
  });

  it("takes nothing along that only leads to others", () => {
    expect(selectable({ ...rows[0]!, context: true } as (typeof rows)[0])).toEqual([]);
  });

  it("tells all, some and none", () => {
    const some = new Set([key("a")]);
    expect([share(some, [key("a")]), share(some, [key("a"), key("b")]), share(some, [key("b")]), share(some, [])]).toEqual(["all", "some", "none", "none"]);
  });
});
