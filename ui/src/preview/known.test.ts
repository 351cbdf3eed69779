// What a preview knows of its widgets, within its bounds.
import { describe, expect, it } from "vitest";
import type { WholeComm } from "../api/shapes";
import { KnownModels } from "./known";
import { MOST_BYTES, MOST_MODELS, MOST_TEXT } from "./limits";

type Told = { state: Record<string, unknown> | null; sequence: number; buffers?: { path: (string | number)[]; data?: string }[]; size?: number; model?: null };

function setup() {
  const told = new Map<string, Told>();
  const rooms: number[] = [];
  const known = new KnownModels(async (id, room) => {
    rooms.push(room);
    const { state, sequence, buffers = [], size = 100, model } = told.get(id) ?? { state: {}, sequence: 1 };
    const comm = { model: model === null ? null : { name: "M", module: "m", version: "1" }, state: structuredClone(state), sequence, buffers: buffers.map((each) => ({ length: 1, ...each })) };
    return { comm: comm as unknown as WholeComm, size };
  });
  return { told, known, rooms };
}

describe("what is known", () => {
  it("is what differs, where it was known before", async () => {
    const { told, known } = setup();
    told.set("a", { state: { x: 1, list: [1, { y: 2 }], same: "s" }, sequence: 1 });
    expect(await known.read("a")).toEqual(["x", "list", "same"]);
    told.set("a", { state: { x: 2, list: [1, { y: 2 }], same: "s" }, sequence: 2 });
    expect(await known.read("a")).toEqual(["x"]);
    expect(known.picked("a", ["x"])).toEqual({ id: "a", state: { x: 2 }, buffers: [] });
  });

  it("has the bytes of buffers, but of none that is a secret", async () => {
    const { told, known } = setup();
    told.set("a", { state: {}, sequence: 1, buffers: [{ path: ["raw"], data: btoa("\x00\xff") }, { path: ["secret"] }] });
    await known.read("a");
    expect(known.picked("a", ["raw", "secret"]).buffers).toEqual([{ path: ["raw"], data: Uint8Array.of(0, 255).buffer }]);
  });

  it("is never replaced by what is older", async () => {
    const { told, known } = setup();
    told.set("a", { state: { x: 1 }, sequence: 5 });
    await known.read("a");
    expect(known.change("a", 7, { x: 3 })).toBe(true);
    expect(known.change("a", 6, { x: 2 })).toBe(false);
    expect(await known.read("a")).toEqual([]);
    expect(known.picked("a", ["x"]).state).toEqual({ x: 3 });
  });

  it("takes of an older answer what did not change since", async () => {
    const { told, known } = setup();
    told.set("a", { state: { x: 1, long: "before" }, sequence: 1 });
    await known.read("a");
    // Two changes are told; the answer is from between them.
    known.change("a", 2, {}, ["long"]);
    known.change("a", 3, { x: 3 });
    told.set("a", { state: { x: 1, long: "after" }, sequence: 2, buffers: [{ path: ["raw"], data: "AA==" }] });
    expect(await known.read("a")).toEqual(["long", "raw"]);
    expect(known.picked("a", ["x", "long"]).state).toEqual({ x: 3, long: "after" });
  });

  it("loses an attribute's buffers when that changes", async () => {
    const { told, known } = setup();
    told.set("a", { state: {}, sequence: 1, buffers: [{ path: ["raw"], data: "AA==" }] });
    await known.read("a");
    known.change("a", 2, { raw: null });
    expect(known.picked("a", ["raw"])).toEqual({ id: "a", state: { raw: null }, buffers: [] });
  });

  it("is no comm that is no widget, and no state that the broker does not know", async () => {
    const { told, known } = setup();
    told.set("plain", { state: {}, sequence: 1, model: null });
    told.set("unknown", { state: null, sequence: 1 });
    expect(await known.read("plain")).toEqual([]);
    expect(await known.read("unknown")).toEqual([]);
    expect(known.ids()).toEqual([]);
  });
});

describe("the bounds", () => {
  it("leave each answer the room that others left", async () => {
    const { told, known, rooms } = setup();
    told.set("a", { state: {}, sequence: 1, size: 1000, buffers: [{ path: ["x"], data: "A".repeat(900) }] });
    await known.read("a");
    await known.read("b");
    await known.read("a");
    expect(rooms).toEqual([MOST_BYTES, MOST_BYTES - 1000, MOST_BYTES - 100]);
  });

  it("count texts apart from buffers", async () => {
    const { told, known } = setup();
    told.set("a", { state: {}, sequence: 1, size: MOST_TEXT + 900, buffers: [{ path: ["x"], data: "A".repeat(1000) }] });
    await known.read("a");
    told.set("b", { state: {}, sequence: 1, size: 101 });
    await expect(known.read("b")).rejects.toThrow("has more than 4 MB");
  });

  it("end with so many models", async () => {
    const { known } = setup();
    for (let index = 0; index < MOST_MODELS; index += 1) await known.read(`m${index}`);
    await expect(known.read("one more")).rejects.toThrow("more than 500 models");
    await expect(known.read("m0")).resolves.toEqual([]);
  });
});
