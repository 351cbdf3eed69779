import { describe, expect, it } from "vitest";
import { filterCount, sortAfter, unfiltered, wantedOf } from "./wanted";

describe("what is wanted", () => {
  it("is read from a link", () => {
    const { filter, sort, down, group } = wantedOf({ text: " a ", kernel: "k", attached: "no", idle: "60", knowledge: "dirty", sort: "-size", group: "tree" });
    expect(filter).toEqual({ text: "a", kernel: "k", target: undefined, model: undefined, knowledge: "dirty", attached: false, idle: 60 });
    expect([sort, down, group]).toEqual(["size", true, "tree"]);
    expect(filterCount(filter)).toBe(5);
  });

  it("is everything, the newest first, where a link makes no sense", () => {
    const { filter, sort, down, group } = wantedOf({ idle: "soon", knowledge: "much", attached: "maybe", sort: "-luck", group: "none" });
    expect(filterCount(filter)).toBe(0);
    expect([sort, down, group]).toEqual(["age", false, "none"]);
    expect(wantedOf({ idle: "-5" }).filter.idle).toBeUndefined();
    expect(wantedOf({ idle: "" }).filter.idle).toBeUndefined();
  });

  it("without conditions keeps order and arrangement", () => {
    expect(unfiltered({ text: "a", idle: "1", sort: "id", group: "kernel" })).toEqual({ sort: "id", group: "kernel" });
  });

  it("sorts counts by their largest first, and turns round at the second click", () => {
    const wanted = wantedOf({ sort: "name" });
    expect([sortAfter(wanted, "size"), sortAfter(wanted, "kernel"), sortAfter(wanted, "name")]).toEqual(["-size", "kernel", "-name"]);
    expect(sortAfter(wantedOf({ sort: "-size" }), "size")).toBe("size");
  });
});
