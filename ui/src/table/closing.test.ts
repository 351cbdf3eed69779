import { afterEach, describe, expect, it, vi } from "vitest";
import { comm } from "./comms.testing";
import { byKernel, closeAll, countOf, goingOf } from "./closing";

const answer = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
afterEach(() => vi.unstubAllGlobals());

describe("closing", () => {
  const chosen = byKernel([comm("layout", { parents: ["slider"] }), comm("slider"), comm("other", { kernel_id: "k2" })]);

  it("is asked of each kernel, in the order of the table", () => {
    expect([...chosen]).toEqual([
      ["k1", ["layout", "slider"]],
      ["k2", ["other"]],
    ]);
    expect(countOf(chosen)).toBe(3);
  });

  it("takes holders first where one request does not hold all", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => comm(`c${index}`, { parents: ["slider"] }));
    expect(byKernel([...many, comm("slider")]).get("k1")?.[0]).toBe("slider");
  });

  it("closes what the look found, and tells of a kernel that takes nothing", async () => {
    const asked: [string, unknown][] = [];
    vi.stubGlobal("fetch", async (url: string, how: RequestInit) => {
      asked.push([url, JSON.parse(String(how.body))]);
      if (url.includes("k2")) return answer({ reason: "KernelUnavailableError", message: "kernel k2 is dead" }, 503);
      return answer({ kernel_id: "k1", dry_run: true, closed: 0, comms: [{ comm_id: "slider" }], staying: [{ comm_id: "layout", reason: "held", held_by: "box" }] });
    });
    const look = await closeAll(chosen, true);
    expect(asked).toEqual([
      ["/api/kernels/k1/closings", { comms: ["layout", "slider"], dry_run: true }],
      ["/api/kernels/k2/closings", { comms: ["other"], dry_run: true }],
    ]);
    expect(look.failures).toEqual([{ kernelId: "k2", count: 1, why: "kernel k2 is dead. Restart it, or try again." }]);
    expect([...goingOf(look)]).toEqual([["k1", ["slider"]]]);
  });

  it("asks in portions that REST takes", async () => {
    const sizes: number[] = [];
    vi.stubGlobal("fetch", async (_url: string, how: RequestInit) => {
      sizes.push(JSON.parse(String(how.body)).comms.length);
      return answer({ kernel_id: "k1", dry_run: true, closed: 0, comms: [], staying: [] });
    });
    await closeAll(new Map([["k1", Array.from({ length: 10_001 }, (_, index) => `c${index}`)]]), true);
    expect(sizes).toEqual([10_000, 1]);
  });
});
