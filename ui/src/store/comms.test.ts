import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BrokerEvent } from "../api/event_shapes";

/** A server's list that a test fills, and whose answers it may hold back. */
let listed: { kernel_id: string; comm_id: string; sequence?: number; last_activity?: string }[];
let asked: URLSearchParams[];
let held: (() => void)[] | undefined;
let comms: typeof import("./comms");

const comm = (comm_id: string, more = {}) => ({ kernel_id: "k", comm_id, last_activity: "1", ...more });
const event = (type: "opened" | "closed", comm_id: string): BrokerEvent =>
  ({ type, data: { at: "", kernel_id: "k", comm_id, target_name: "t", opened_by: "kernel", model: null, by: "kernel", reason: "" } }) as BrokerEvent;
const ids = () => comms.commList.value.map((each) => each.comm_id);
const frame = () => vi.advanceTimersByTimeAsync(50);

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  listed = [];
  asked = [];
  held = undefined;
  vi.stubGlobal("fetch", async (address: string) => {
    const query = new URL(address, "http://x").searchParams;
    asked.push(query);
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit"));
    const sorted = query.get("sort")?.startsWith("-") ? [...listed].reverse() : [...listed];
    const body = { comms: sorted.slice(from, from + limit), next: from + limit < sorted.length ? String(from + limit) : null, total: listed.length };
    if (held) await new Promise<void>((resolve) => held?.push(resolve));
    return new Response(JSON.stringify(body));
  });
  comms = await import("./comms");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the comms", () => {
  it("are all listed, page by page, and what is not listed any more is gone", async () => {
    listed = Array.from({ length: 2500 }, (_each, index) => comm(`c${index}`));
    await comms.reloadComms();
    await frame();
    expect([ids().length, asked.length, comms.commsLoading.value]).toEqual([2500, 3, false]);
    listed = listed.slice(0, 10);
    await comms.reloadComms();
    await frame();
    expect(ids().length).toBe(10);
  });

  it("stay right when they come and go while the list is on its way", async () => {
    listed = [comm("stays"), comm("goes")];
    held = [];
    const loading = comms.reloadComms();
    await vi.advanceTimersByTimeAsync(10);
    comms.followComms([event("opened", "comes"), event("closed", "goes"), event("opened", "passes"), event("closed", "passes")]);
    const answers = held;
    held = undefined;
    answers.forEach((each) => each());
    await loading;
    await frame();
    expect(ids().sort()).toEqual(["comes", "stays"]);
  });

  it("show at once when they open, and get their facts soon, asked for once for many", async () => {
    await comms.reloadComms();
    asked = [];
    for (let n = 0; n < 50; n++) {
      listed.push(comm(`c${n}`, { sequence: 7 }));
      comms.followComms([event("opened", `c${n}`)]);
    }
    await frame();
    expect(ids().length).toBe(50);
    await vi.advanceTimersByTimeAsync(2000);
    expect(comms.commOf("k", "c49")).toMatchObject({ sequence: 7, target_name: "t" });
    expect(comms.commOf("k", "c0")).toMatchObject({ sequence: 7 });
    expect(asked.length).toBeLessThan(4);
  });

  it("are refreshed where they are active, and only while somebody watches", async () => {
    listed = [comm("idle"), comm("busy", { last_activity: "2", sequence: 1 })];
    await comms.reloadComms();
    const stop = comms.watchActivity();
    await vi.advanceTimersByTimeAsync(100);
    listed[1] = comm("busy", { last_activity: "3", sequence: 2 });
    await vi.advanceTimersByTimeAsync(2500);
    expect(comms.commOf("k", "busy")).toMatchObject({ sequence: 2 });
    stop();
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked.length).toBe(before);
  });
});
