import { describe, expect, it } from "vitest";
import { checkJson } from "./json_check";

describe("JSON that is typed", () => {
  it("is taken where it is an object", () => {
    expect(checkJson('{"a": [1, "x"]}')).toEqual({ ok: true, value: { a: [1, "x"] } });
  });

  it.each([
    ["", 1, 1, "a value is missing"],
    ["[1]", 1, 1, "is an object"],
    ["  null", 1, 3, "is an object"],
    ['{"a": 1,}', 1, 9, "a comma too many"],
    ['{"a": 1\n "b": 2}', 2, 2, '"," or "}" is expected here, not "'],
    ["{'a': 1}", 1, 2, "double quotes"],
    ['{"a": tru}', 1, 7, "a value is expected here, not t"],
    ['{"a": 01}', 1, 7, "a value"],
    ['{"a"\n\n: }', 3, 3, "a value is expected here, not }"],
    ['{"a": "x\n"}', 1, 7, "no closing double quote"],
    ['{"a": "\\x"}', 1, 8, "unknown escape"],
    ['{"a": [1, 2}', 1, 12, '"," or "]"'],
    ['{"a": {}', 1, 9, '"," or "}" is missing at the end'],
    ['{"a": 1} x', 1, 10, "nothing more"],
    ['{"a": 1, // no\n}', 1, 10, "no comments"],
    ['{"a" 1}', 1, 6, '":" is expected'],
  ])("%j goes wrong at line %d, column %d", (text, line, column, message) => {
    const found = checkJson(text);
    expect(found).toMatchObject({ ok: false, line, column });
    expect(!found.ok && found.message).toContain(message);
    // It is no guess: where there is no comma, nothing is said of one.
    if (!text.includes(",")) expect(!found.ok && found.message).not.toContain("comma too many");
  });

  it("is read without a limit to its depth", () => {
    expect(checkJson(`{"a": ${"[".repeat(50_000)}`)).toMatchObject({ ok: false, column: 50_007 });
  });
});
