import { describe, expect, it } from "vitest";
import { drawn, neighbour, revealed, shift, slots } from "./windowing";

const places = (keys: string) => new Map([...keys].map((key, index) => [key, index]));

describe("windowing", () => {
  it("draws what is in view and a little more, never all", () => {
    expect(drawn(0, 400, 40, 10_000)).toEqual({ from: 0, to: 20 });
    const middle = drawn(200_000, 400, 40, 10_000);
    expect([middle.from <= 5000, middle.to >= 5010, middle.to - middle.from <= 40]).toEqual([true, true, true]);
    expect(drawn(399_600, 400, 40, 10_000).to).toBe(10_000);
    expect(drawn(5000, 400, 40, 3)).toEqual({ from: 3, to: 3 });
    expect(drawn(0, 400, 40, 0)).toEqual({ from: 0, to: 0 });
  });

  it("draws the same while one scrolls a few pixels", () => expect(drawn(1045, 400, 40, 500)).toEqual(drawn(1070, 400, 40, 500)));

  it("scrolls as little as needed", () => {
    expect(revealed(10, 0, 400, 40)).toBe(40);
    expect(revealed(2, 200, 400, 40)).toBe(80);
    expect(revealed(6, 200, 400, 40)).toBe(200);
    expect(revealed(3, 0, 20, 40)).toBe(120);
  });

  it("follows most rows in view, not the one that goes elsewhere", () => {
    expect(shift([..."cde"], 2, places("XXabcde"))).toBe(2);
    expect(shift([..."cde"], 2, places("eabcd"))).toBe(1);
    expect(shift([..."cde"], 2, places("abde"))).toBe(-1);
    expect(shift([..."cde"], 2, places(""))).toBe(0);
  });

  it("finds the next neighbour that is left, else the one before", () => {
    expect(neighbour([..."abcd"], 1, places("acd"))).toBe("c");
    expect(neighbour([..."abcd"], 3, places("a"))).toBe("a");
    expect(neighbour([..."abcd"], 0, places(""))).toBeUndefined();
  });

  it("gives what comes the elements of what went, and what stays its own", () => {
    const first = slots(new Map(), [..."abcd"]);
    const second = slots(first, [..."cdef"]);
    expect([second.get("c"), second.get("d")]).toEqual([first.get("c"), first.get("d")]);
    expect([...second.values()].sort()).toEqual([0, 1, 2, 3]);
    expect([...slots(second, ["f"]).values()]).toEqual([second.get("f")]);
  });
});
