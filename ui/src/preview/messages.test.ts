// What counts as a message of the frame, and what does not.
import { describe, expect, it } from "vitest";
import { MOST_SENT } from "./limits";
import { received } from "./messages";

const say = (message: unknown, buffers: unknown = []) => received({ text: JSON.stringify(message), buffers });
const update = (state: unknown, buffer_paths: unknown = []) => ({ kind: "send", number: 1, id: "a", data: { method: "update", state, buffer_paths } });

describe("what the frame says", () => {
  it.each([
    { kind: "shown" },
    { kind: "applied", number: 3 },
    { kind: "height", pixels: 12.5 },
    { kind: "blocked", address: "inline" },
    update({ value: 1 }),
    { kind: "send", number: 1, id: "a", data: { method: "custom", content: null } },
  ])("is taken: %j", (message) => {
    expect(say(message)).toEqual({ message, buffers: [] });
  });

  it("may have buffers, each with its place", () => {
    const buffer = new ArrayBuffer(3);
    expect(say(update({}, [["value", 0]]), [buffer])).toMatchObject({ buffers: [buffer] });
  });

  it.each([
    null,
    1,
    [],
    { kind: "show" },
    { kind: "applied", number: "1" },
    { kind: "height", pixels: null },
    { kind: "send", number: 1.5, id: "a", data: { method: "custom" } },
    { kind: "send", number: 1, id: 7, data: { method: "custom" } },
    { kind: "send", number: 1, id: "a", data: { method: "request_state" } },
    { kind: "send", number: 1, id: "a", data: "update" },
    update([1]),
    update({}, [["value"]]),
    update({}, "value"),
  ])("is refused where no widget says it: %j", (message) => {
    expect(say(message)).toBe("a message that no widget sends");
  });

  it("has paths that begin with an attribute", () => {
    expect(say(update({}, [[0]]), [new ArrayBuffer(1)])).toBeTypeOf("string");
    expect(say(update({}, [[]]), [new ArrayBuffer(1)])).toBeTypeOf("string");
    expect(say(update({}, [["a", {}]]), [new ArrayBuffer(1)])).toBeTypeOf("string");
  });

  it("is an envelope and nothing else", () => {
    for (const data of [undefined, null, "text", { text: "{}" }, { text: {}, buffers: [] }, { text: "{}", buffers: {} }]) {
      expect(received(data)).toBe("something that is not a message");
    }
    expect(received({ text: "{", buffers: [] })).toBe("a text that is not JSON");
    expect(received({ text: "{}", buffers: [new Uint8Array(2)] })).toBe("a buffer that is not one");
  });

  it("is measured before it is read", () => {
    expect(received({ text: "[".repeat(MOST_SENT + 1), buffers: [] })).toBe("a message of more than 8 MB");
    expect(received({ text: "{}", buffers: [new ArrayBuffer(MOST_SENT)] })).toBe("a message of more than 8 MB");
  });
});
