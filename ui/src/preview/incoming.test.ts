// What changes in the kernel waits, merged, while the frame is at work.
import { describe, expect, it } from "vitest";
import { IncomingChanges } from "./incoming";
import type { ToFrame } from "./messages";

const bytes = (value: number) => Uint8Array.of(value).buffer;
const settle = () => new Promise((resolve) => setTimeout(resolve));

function setup() {
  const given: Extract<ToFrame, { kind: "change" }>[] = [];
  const heard = new Map<string, number>();
  const incoming = new IncomingChanges((message) => given.push(message as never), (id) => heard.get(id) ?? 0);
  const set = (id: string, state: Record<string, unknown>) => incoming.add({ id, state, buffers: [] });
  return { given, heard, incoming, set };
}

describe("changes for the frame", () => {
  it("are given at once where it waits for them, all of one go together", async () => {
    const { given, set } = setup();
    set("a", { x: 1 });
    set("b", { y: 1 });
    set("a", { x: 2 });
    await settle();
    expect(given.map((each) => each.changes)).toEqual([
      [
        { id: "a", state: { x: 2 }, buffers: [], after: 0 },
        { id: "b", state: { y: 1 }, buffers: [], after: 0 },
      ],
    ]);
  });

  it("are merged while it is at work, a thousand to one", async () => {
    const { given, incoming, set } = setup();
    set("a", { x: 0 });
    await settle();
    for (let value = 1; value <= 1000; value += 1) set("a", { x: value });
    await settle();
    expect(given).toHaveLength(1);
    incoming.applied(given[0]?.number ?? 0);
    expect(given[1]?.changes).toEqual([{ id: "a", state: { x: 1000 }, buffers: [], after: 0 }]);
  });

  it("wait for the word about what was given last and no other", async () => {
    const { given, incoming, set } = setup();
    set("a", { x: 0 });
    await settle();
    set("a", { x: 1 });
    await settle();
    incoming.applied(99);
    expect(given).toHaveLength(1);
  });

  it("replace an attribute's buffers with it", async () => {
    const { given, incoming } = setup();
    incoming.add({ id: "a", state: {}, buffers: [{ path: ["x"], data: bytes(1) }, { path: ["y", 0], data: bytes(2) }] });
    incoming.add({ id: "a", state: {}, buffers: [{ path: ["y", 0], data: bytes(3) }] });
    incoming.add({ id: "a", state: { x: null }, buffers: [] });
    await settle();
    expect(given[0]?.changes).toEqual([{ id: "a", state: { x: null }, buffers: [{ path: ["y", 0], data: bytes(3) }], after: 0 }]);
  });

  it("leave out what somebody touched meanwhile, and say up to where they know", async () => {
    const { given, heard, incoming, set } = setup();
    set("a", { x: 1, y: 1 });
    heard.set("a", 7);
    incoming.drop("a", new Set(["x"]));
    await settle();
    expect(given[0]?.changes).toEqual([{ id: "a", state: { y: 1 }, buffers: [], after: 7 }]);
  });

  it("are none of a widget that is closed", async () => {
    const { given, incoming, set } = setup();
    set("a", { x: 1 });
    incoming.forget("a");
    await settle();
    expect(given).toEqual([]);
  });
});
