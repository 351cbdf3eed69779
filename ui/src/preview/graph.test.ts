// Which widgets a widget holds, and how loops and crowds end.
import { describe, expect, it } from "vitest";
import { drawable, GONE, LOOP, referencesIn } from "./graph";
import { MOST_DEPTH } from "./limits";
import type { State } from "./messages";

const to = (id: string) => `IPY_MODEL_${id}`;
const box = (...children: string[]): State => ({ _view_name: "BoxView", children: children.map(to) });
const graph = (states: Record<string, State>) => new Map(Object.entries(states));

function nested(levels: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe("references", () => {
  it("are found wherever they stand, each once", () => {
    const state = { layout: to("l"), children: [to("a"), to("b"), to("a")], deep: { x: [{ y: "anywidget:c" }] }, value: `see ${to("d")}` };
    expect(referencesIn(state).sort()).toEqual(["a", "b", "c", "l"]);
  });

  it("are none in a long text", () => {
    expect(referencesIn(to("x".repeat(1000)))).toEqual([]);
  });

  it("are looked for in what is nested, but not for ever", () => {
    expect(referencesIn(nested(MOST_DEPTH))).toEqual([]);
    expect(() => referencesIn(nested(MOST_DEPTH + 1))).toThrow("nested more than");
    expect(() => referencesIn(nested(100_000))).toThrow("nested more than");
  });
});

describe("what is drawn", () => {
  it("is what the root needs, as it is", () => {
    const states = graph({ root: box("a"), a: box(), other: box() });
    const drawn = drawable("root", states);
    expect([...drawn.keys()].sort()).toEqual(["a", "root"]);
    expect(drawn.get("root")).toBe(states.get("root"));
  });

  it("leads to a stand-in where a widget holds itself", () => {
    expect(drawable("root", graph({ root: box("root") })).get("root")).toEqual(box(LOOP));
  });

  it("leads to a stand-in where two hold each other", () => {
    const drawn = drawable("root", graph({ root: box("a", "b"), a: box("b"), b: box("a") }));
    expect(drawn.get("a")).toEqual(box("b"));
    expect(drawn.get("b")).toEqual(box(LOOP));
  });

  it("leads to a stand-in where a widget is gone", () => {
    expect(drawable("root", graph({ root: box("gone") })).get("root")).toEqual(box(GONE));
  });

  it("leaves alone what anywidget looks for itself", () => {
    const state = { _view_name: "AnyView", ref: "anywidget:gone" };
    expect(drawable("root", graph({ root: state })).get("root")).toBe(state);
  });

  it("changes no state that it was given", () => {
    const states = graph({ root: box("root") });
    drawable("root", states);
    expect(states.get("root")).toEqual(box("root"));
  });

  it("is refused where boxes of boxes are thousands", () => {
    const states: Record<string, State> = { last: box() };
    for (let level = 0; level < 60; level += 1) states[`b${level}`] = box(level ? `b${level - 1}` : "last", level ? `b${level - 1}` : "last");
    expect(() => drawable("b59", graph(states))).toThrow("contains more than 1000 others");
  });

  it("counts no layouts and styles", () => {
    const states: Record<string, State> = { layout: { _view_name: null } };
    states.root = { _view_name: "BoxView", layouts: Array.from({ length: 3000 }, () => to("layout")) };
    expect(drawable("root", graph(states)).size).toBe(2);
  });
});
