import { describe, expect, it } from "vitest";
import { keyOf, referenceIn, valueAt, writtenPath } from "./paths";
import { search } from "./search";
import { PORTION, rowsOf, type Shown } from "./tree_rows";

const shown = (more: Partial<Shown> = {}): Shown => ({ open: new Set(), most: new Map(), secrets: new Set(), buffers: new Map(), ...more });
const names = (value: unknown, more: Partial<Shown> = {}) => rowsOf(value, shown(more)).map((each) => `${each.level} ${each.kind} ${each.name}`);
const NONE: ReadonlySet<string> = new Set();

describe("rows of a tree", () => {
  it("go down only where it is open", () => {
    const value = { a: { b: { c: 1 } }, d: [], e: "x" };
    expect(names(value)).toEqual(["1 container a", "1 leaf d", "1 leaf e"]);
    expect(names(value, { open: new Set([keyOf(["a"]), keyOf(["a", "b"])]) })).toEqual(["1 container a", "2 container b", "3 leaf c", "1 leaf d", "1 leaf e"]);
  });

  it("are never more than a portion of a container", () => {
    const value = Array.from({ length: 1_000_000 }, () => 0);
    const rows = rowsOf(value, shown());
    expect(rows).toHaveLength(PORTION + 1);
    expect(rows.at(-1)).toMatchObject({ kind: "more", count: 1_000_000 - PORTION });
    expect(rowsOf(value, shown({ most: new Map([["[]", 500]]) }))).toHaveLength(501);
  });

  it("stand also where the state has a buffer, and hide secrets whatever they hold", () => {
    const rows = { buffers: new Map([[keyOf(["value"]), 3]]), secrets: new Set([keyOf(["word"])]) };
    expect(names({ a: 1, word: { open: "me" } }, { ...rows, open: new Set([keyOf(["word"])]) })).toEqual(["1 leaf a", "1 secret word", "1 buffer value"]);
  });

  it("of a state begin with what people look for", () => {
    const state = { _model_name: "x", b: 1, description: "", a: 2, value: 3 };
    expect(names(state, { isState: true }).map((each) => each.split(" ")[2])).toEqual(["value", "description", "b", "a", "_model_name"]);
  });

  it("of a search lead to every match and to nothing else", () => {
    const value = { a: { needle: 1, b: 2 }, c: ["hay", "NEEDLE in it"], d: 3 };
    const found = search(value, "needle", NONE);
    expect(names(value, { found })).toEqual(["1 container a", "2 leaf needle", "1 container c", "2 leaf 1"]);
    expect(names(value, { found: search(value, "nowhere", NONE) })).toEqual([]);
  });
});

describe("search", () => {
  it("finds no secrets by what stands in their place", () => {
    expect(search({ value: "[redacted]" }, "redacted", new Set([keyOf(["value"])])).matches.size).toBe(0);
  });

  it("takes a text for a text", () => {
    expect([...search({ "a.b": 1, axb: 2 }, "a.b", NONE).matches]).toEqual([keyOf(["a.b"])]);
    expect(search({ a: 1 }, "(", NONE).matches.size).toBe(0);
  });

  it("stops in time and says so, with what is deep as with what is wide", () => {
    let deep: unknown = "needle";
    for (let level = 0; level < 3000; level++) deep = [deep];
    expect(search(deep, "needle", NONE).isCut).toBe(true);
    const wide = Array.from({ length: 500_000 }, () => "needle");
    const found = search(wide, "needle", NONE);
    expect([found.matches.size, found.isCut]).toEqual([200, true]);
    expect(search(wide, "nowhere", NONE)).toMatchObject({ matches: new Set(), isCut: true });
  });
});

describe("paths", () => {
  it("are written as code has them", () => {
    expect(writtenPath(["layout", "margin", 0, "a b", "größe"])).toBe('layout.margin[0]["a b"].größe');
    expect(writtenPath([0, "a"])).toBe("[0].a");
  });

  it("lead to values, and never out of them", () => {
    expect(valueAt({ a: [1, { b: 2 }] }, ["a", 1, "b"])).toBe(2);
    expect(valueAt({ a: 1 }, ["constructor", "name"])).toBeUndefined();
    expect([referenceIn("IPY_MODEL_abc"), referenceIn("IPY"), referenceIn(3)]).toEqual(["abc", undefined, undefined]);
  });
});
