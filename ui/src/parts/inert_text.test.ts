import { describe, expect, it } from "vitest";
import { pieces, plain, shortened } from "./inert_text";

describe("inert text", () => {
  it("names what would not be seen or would turn the rest around", () => {
    expect(plain("a\u202egnp.exe")).toBe("a[U+202E]gnp.exe");
    expect(plain("pay\u200bpal\u2066\u0000")).toBe("pay[U+200B]pal[U+2066][U+0000]");
    expect(plain("\u{e0041}")).toBe("[U+E0041]");
    expect(plain("\ud800x")).toBe("[U+D800]x");
  });

  it("leaves people's words alone", () => {
    for (const text of ["", "Größe 10 m²", "مرحبا", "日本語", "😀 a\tb\nc", "<b>&amp;"]) expect(pieces(text)).toEqual([{ text, escaped: false }]);
  });

  it("cuts no character in two", () => {
    expect(shortened("ab😀", 3)).toBe("ab");
    expect(shortened("ab😀", 4)).toBe("ab😀");
    expect(shortened("abcdef", 3)).toBe("abc");
  });
});
