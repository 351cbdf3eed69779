import { describe, expect, it } from "vitest";
import { comm, family } from "./comms.testing";
import { isWidget, nameOf, usedOnlyBy } from "./facts";

describe("facts", () => {
  it("a comm is called after its model, else its target", () => {
    expect([nameOf(comm("a", { model: "M" })), nameOf(comm("a"))]).toEqual(["M", "jupyter.widget"]);
    expect([isWidget(comm("a")), isWidget(comm("a", { target_name: "plot" }))]).toEqual([true, false]);
  });

  it("what only these use goes along, down to the last, and nothing that others use", () => {
    const all = family({ slider: ["layout", "style"], style: ["colour"], other: ["layout"], colour: [] });
    const only = (...ids: string[]) =>
      usedOnlyBy(all.filter((each) => ids.includes(each.comm_id)), all)
        .map((each) => each.comm_id)
        .sort();
    expect(only("slider")).toEqual(["colour", "style"]);
    expect(only("slider", "other")).toEqual(["colour", "layout", "style"]);
    expect(only("colour")).toEqual([]);
  });

  it("ends in circles", () => {
    const all = family({ a: ["b"], b: ["a", "c"], c: [] });
    expect(usedOnlyBy(all.slice(0, 1), all).map((each) => each.comm_id)).toEqual(["b", "c"]);
  });
});
