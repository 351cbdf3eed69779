import { describe, expect, it } from "vitest";
import { comm, titleOf } from "./comms.testing";
import { ordered } from "./order";
import { COLUMNS, type Column } from "./wanted";

const at = (minute: number) => `2026-01-01T00:0${minute}:00Z`;
const all = [
  comm("b", { model: "Z", opened_at: at(1), last_activity: at(5), bytes: { from_kernel: 0, from_frontends: 0, state: 5 } }),
  comm("a", { target_name: "m", opened_at: at(2), last_activity: at(4), kernel_id: "k2", frontends: ["p", "q"], knowledge: "clean" }),
  comm("c", { model: "a", opened_at: at(3), last_activity: at(3), messages: { from_kernel: 1, from_frontends: 2 } }),
];
const ids = (column: Column, down = false) =>
  ordered(all, column, down, titleOf)
    .map((each) => each.comm_id)
    .join("");

describe("order", () => {
  it.each([
    ["name", "cab"],
    ["id", "abc"],
    ["kernel", "cba"],
    ["age", "cab"],
    ["idle", "bac"],
    ["size", "cab"],
    ["messages", "abc"],
    ["pages", "cba"],
    ["knowledge", "cba"],
  ] as const)("by %s", (column, wanted) => expect(ids(column)).toBe(wanted));

  it("is the other way round with down, but for what is equal: the newest stays first", () => {
    expect(ids("age", true)).toBe("bac");
    expect(ids("size", true)).toBe("bca");
    expect(ids("kernel", true)).toBe("acb");
    expect(COLUMNS).toHaveLength(9);
  });
});
