import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StateChanged } from "../api/event_shapes";
import type { CommView } from "../api/shapes";
import { CommWatch, HUGE } from "./watch";

const FACTS = { kernel_id: "k", comm_id: "c", target_name: "jupyter.widget", model: null, bytes: { from_kernel: 1, from_frontends: 1, state: 10 } } as unknown as CommView;
const changed = (sequence: number, attributes: Record<string, unknown>, more: Partial<StateChanged> = {}) => ({
  type: "state" as const,
  data: { at: "", kernel_id: "k", comm_id: "c", target_name: "t", sequence, whole: false, attributes, buffers: [], omitted: [], redacted: [], merged: 0, ...more },
});

/** What the server answers: the state, after `slow` milliseconds, or a refusal. */
let state: Record<string, unknown>;
let sequence: number;
let slow: number;
let size: number;
let refusal: { status: number; body: object } | undefined;
let asked: string[];
let watch: CommWatch;

const json = (body: object, status = 200) => new Response(JSON.stringify(body), { status });
const settle = (milliseconds = 1) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  [state, sequence, slow, size, refusal, asked] = [{ value: 1 }, 5, 0, 10, undefined, []];
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (address: string, how: RequestInit) => {
    if (address.includes("/events")) return new Response(new ReadableStream({ start: (to) => how.signal?.addEventListener("abort", () => to.error(new DOMException("", "AbortError"))) }));
    asked.push(address);
    if (refusal && !address.includes("text=")) return json(refusal.body, refusal.status);
    if (address.includes("text=")) return json({ comms: refusal ? [] : [{ ...FACTS, bytes: { ...FACTS.bytes, state: size } }], next: null, total: 1 });
    const answer = { ...FACTS, state: { ...state }, buffers: [], redacted: [], sequence };
    await new Promise((resolve) => setTimeout(resolve, slow));
    return json(answer);
  });
  watch = new CommWatch("k", "c");
});

afterEach(() => {
  watch.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a comm that is watched", () => {
  it("follows, and lights up what changed but not what was there", async () => {
    watch.start();
    await settle(50);
    expect(watch.held.value?.state).toEqual({ value: 1 });
    expect(watch.change.value).toBeUndefined();
    watch.follow([changed(6, { value: 2 })]);
    await settle(150);
    expect(watch.held.value?.state).toEqual({ value: 2 });
    expect([...(watch.change.value?.at ?? [])]).toEqual(['["value"]']);
  });

  it("loses nothing that is told while an answer is on its way", async () => {
    slow = 500;
    watch.start();
    await settle(100);
    watch.follow([changed(6, { value: 2 })]);
    await settle(1000);
    expect(watch.held.value).toMatchObject({ state: { value: 2 }, sequence: 6 });
  });

  it("asks for what an event leaves out, once for many", async () => {
    watch.start();
    await settle(50);
    const states = () => asked.filter((each) => !each.includes("text=")).length;
    const before = states();
    [state, sequence] = [{ value: "long" }, 30];
    watch.follow(Array.from({ length: 20 }, (_, index) => changed(6 + index, {}, { omitted: ["value"] })));
    await settle(2000);
    expect(states() - before).toBe(1);
    expect(watch.held.value?.state).toEqual({ value: "long" });
  });

  it("fetches a huge state only when it is told to", async () => {
    size = HUGE + 1;
    watch.start();
    await settle(50);
    expect([watch.held.value, watch.huge.value]).toEqual([undefined, HUGE + 1]);
    watch.askHuge();
    await settle(50);
    expect(watch.held.value?.state).toEqual({ value: 1 });
  });

  it("says who closed it and why, keeps the last state, and asks no more", async () => {
    watch.start();
    await settle(50);
    watch.follow([changed(6, { value: 9 }), { type: "closed", data: { at: "2026-01-01T00:00:00Z", kernel_id: "k", comm_id: "c", target_name: "t", by: "kernel", reason: "done" } }]);
    expect(watch.ended.value).toMatchObject({ what: "comm", by: "kernel", reason: "done" });
    expect(watch.held.value?.state).toEqual({ value: 9 });
    const before = asked.length;
    await settle(20_000);
    expect(asked.length).toBe(before);
  });

  it("finds out by itself that it was closed while nobody told", async () => {
    watch.start();
    await settle(50);
    refusal = { status: 410, body: { reason: "CommClosedError", message: "closed", closed: { at: "2026-01-01T00:00:00Z", by: "frontend", reason: "tired" } } };
    await settle(3000);
    expect(watch.ended.value).toEqual({ what: "comm", at: "2026-01-01T00:00:00Z", by: "frontend", reason: "tired" });
  });

  it.each([
    ["KernelNotFoundError", "kernel"],
    ["CommNotFoundError", "unknown"],
  ])("tells %s from others", async (reason, what) => {
    refusal = { status: 404, body: { reason, message: "no such thing" } };
    watch.start();
    await settle(50);
    expect(watch.ended.value).toMatchObject({ what, reason: "no such thing" });
    expect(watch.facts.value).toBeUndefined();
  });
});
