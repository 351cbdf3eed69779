import { describe, expect, it } from "vitest";
import { bytes, counted, duration, perSecond, secondsSince } from "./format";

describe("format", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9949, "9.9 kB"],
    [12_345, "12 kB"],
    [999_600, "1.0 MB"],
    [5e15, "5000 TB"],
  ])("%d bytes are %s", (value, text) => expect(bytes(value)).toBe(text));

  it.each([
    [0, "under 1 ms"],
    [0.0006, "1 ms"],
    [0.0123, "12 ms"],
    [0.9999, "1 s"],
    [4.25, "4.3 s"],
    [59.7, "1 min"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
    [90_000, "1 d 1 h"],
  ])("%d seconds are %s", (value, text) => expect(duration(value)).toBe(text));

  it("counts and rates are short", () => {
    expect([counted(1, "comm"), counted(2000, "comm"), perSecond(0.25), perSecond(1234.5)]).toEqual(["1 comm", "2,000 comms", "0.3", "1,235"]);
  });

  it("a date of the future is now", () => {
    expect(secondsSince("2026-01-01T00:00:10Z", Date.parse("2026-01-01T00:00:15Z"))).toBe(5);
    expect(secondsSince("2026-01-01T00:00:10Z", 0)).toBe(0);
  });
});
