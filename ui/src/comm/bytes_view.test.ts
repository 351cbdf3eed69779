import { afterEach, describe, expect, it, vi } from "vitest";
import { hexRows, kindOf, PAGE, textOf } from "./bytes_view";
import { sha256, sha256ByHand } from "./sha256";

const bytes = (text: string) => new TextEncoder().encode(text);
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array<number>(20).fill(0)]);

afterEach(() => vi.unstubAllGlobals());

describe("what a buffer is", () => {
  it("is told by its bytes", () => {
    expect(kindOf(PNG)).toMatchObject({ picture: "image/png", isText: false });
    expect(kindOf(bytes("hello wörld"))).toMatchObject({ name: "text", isText: true });
    expect(kindOf(Uint8Array.from([0, 255, 3]))).toMatchObject({ name: "bytes", isText: false });
    expect(kindOf(new Uint8Array())).toMatchObject({ name: "bytes" });
  });

  it("is never a picture where it could hold a script", () => {
    for (const text of ['<svg onload="alert(1)"/>', '<?xml version="1.0"?>\n<SVG >', "<html><script>1</script>"]) {
      expect(kindOf(bytes(text)).picture).toBeUndefined();
    }
    expect(kindOf(bytes('<svg onload="alert(1)"/>')).isSvg).toBe(true);
  });

  it("is text also where a piece ends within a character", () => {
    expect(textOf(bytes("aö").subarray(0, 2))).toBe("a");
    expect(textOf(Uint8Array.from([0x61, 0xff, 0x61, 0x61, 0x61, 0x61]))).toBeUndefined();
  });

  it("is shown in hex, page by page", () => {
    const many = Uint8Array.from({ length: PAGE + 3 }, (_, index) => index % 256);
    expect(hexRows(many, 0)).toHaveLength(32);
    expect(hexRows(many, 0)[4]).toEqual({ offset: "00000040", hex: "40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f", text: "@ABCDEFGHIJKLMNO" });
    expect(hexRows(many, 1)).toEqual([{ offset: "00000200", hex: "00 01 02", text: "···" }]);
  });
});

describe("the hash", () => {
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
  ])("of %j is the standard's", (text, hash) => expect(sha256ByHand(bytes(text))).toBe(hash));

  it("is the same by hand and by the browser, around the ends of blocks", async () => {
    for (const length of [55, 56, 63, 64, 65, 1000]) {
      const some = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
      expect(sha256ByHand(some)).toBe(await sha256(some));
    }
  });

  it("needs no secure context, and does not freeze without one", async () => {
    const before = await sha256(bytes("abc"));
    vi.stubGlobal("crypto", {});
    expect(await sha256(bytes("abc"))).toBe(before);
    expect(await sha256(new Uint8Array(16_000_001))).toBeUndefined();
  });
});
