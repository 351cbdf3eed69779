import { describe, expect, it } from "vitest";
import type { StateChanged } from "../api/event_shapes";
import { difference } from "./changes";
import { follow, type Held } from "./live_state";
import { keyOf } from "./paths";

const HELD: Held = { state: { value: 1, list: [1, 2, 3], word: "[redacted]" }, buffers: [{ path: ["image"], length: 5 }], redacted: [["word"]], sequence: 7 };
const changed = (more: Partial<StateChanged>): StateChanged => ({
  at: "", kernel_id: "k", comm_id: "c", target_name: "t", sequence: 8, whole: false, attributes: {}, buffers: [], omitted: [], redacted: [], merged: 0, ...more,
});

describe("a state that is followed", () => {
  it("takes what changed and keeps the rest", () => {
    const { held, isToBeAsked } = follow(HELD, changed({ attributes: { value: 2 } }));
    expect(held).toEqual({ ...HELD, state: { ...HELD.state, value: 2 }, sequence: 8 });
    expect(isToBeAsked).toBe(false);
  });

  it("takes nothing that is older than what is known", () => {
    expect(follow(HELD, changed({ sequence: 7, attributes: { value: 2 } })).held).toBe(HELD);
  });

  it("is asked for where an event tells too little, or buffers moved", () => {
    expect(follow(HELD, changed({ omitted: ["value"] })).isToBeAsked).toBe(true);
    expect(follow(HELD, changed({ buffers: [{ path: ["image"], length: 9 }] }))).toMatchObject({ isToBeAsked: true, held: { buffers: [{ length: 9 }] } });
    expect(follow({ ...HELD, state: null }, changed({ attributes: { value: 2 } })).isToBeAsked).toBe(true);
  });

  it("forgets that something was a secret when that is replaced", () => {
    expect(follow(HELD, changed({ attributes: { word: "" } })).held.redacted).toEqual([]);
    expect(follow(HELD, changed({ attributes: { word: "[redacted]" }, redacted: [["word"]] })).held.redacted).toEqual([["word"]]);
  });

  it("is another one where an event tells all of it", () => {
    expect(follow(HELD, changed({ whole: true, attributes: { other: 1 } })).held).toEqual({ state: { other: 1 }, buffers: [], redacted: [], sequence: 8 });
  });
});

describe("what changed", () => {
  it("is told by the deepest places, and by what they are in", () => {
    const found = difference({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1, c: 9 }, d: 3 });
    expect([...found.at]).toEqual([keyOf(["a", "c"])]);
    expect([...found.within].sort()).toEqual([keyOf([]), keyOf(["a"])].sort());
  });

  it("is the container where something is gone, and the value where it is of another kind", () => {
    expect([...difference([1, 2], [1]).at]).toEqual([keyOf([])]);
    expect([...difference({ a: [] }, { a: {} }).at]).toEqual([keyOf(["a"])]);
    expect(difference({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }).at.size).toBe(0);
  });

  it("is found in time in what is large", () => {
    const large = () => Array.from({ length: 200_000 }, (_, index) => ({ index }));
    expect(difference(large(), large().map((each) => ({ index: each.index + 1 }))).at.size).toBeLessThan(10_000);
  });
});
