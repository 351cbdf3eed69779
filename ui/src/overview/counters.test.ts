import { describe, expect, it } from "vitest";
import { noteworthy } from "./counters";

describe("noteworthy", () => {
  it("leaves out what never happened and what is no news", () => {
    expect(noteworthy({ from_kernel: 12_345, refused: 0 })).toEqual([]);
  });

  it("puts first what is worst", () => {
    const found = noteworthy({ conflated: 900, faults: 1, refused: 2 });
    expect(found.map((each) => [each.name, each.count])).toEqual([
      ["faults", 1],
      ["refused", 2],
      ["conflated", 900],
    ]);
  });
});
