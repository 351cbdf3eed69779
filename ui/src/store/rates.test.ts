import { describe, expect, it } from "vitest";
import type { KernelView } from "../api/shapes";
import { MOMENTS, RateLog } from "./rates";

const kernel = (id: string, sent: number) =>
  ({ kernel_id: id, messages: { from_kernel: sent, from_frontends: 2 * sent }, bytes: { from_kernel: 100 * sent, from_frontends: 0 } }) as KernelView;

describe("RateLog", () => {
  it("makes rates of sums, over all kernels and by the time that passed", () => {
    const log = new RateLog();
    log.add([kernel("a", 10), kernel("b", 0)], 100);
    expect(log.moments).toEqual([]);
    log.add([kernel("a", 20), kernel("b", 10)], 104);
    expect(log.moments).toEqual([{ at: 104, messages: { from_kernel: 5, from_frontends: 10 }, bytes: { from_kernel: 500, from_frontends: 0 } }]);
  });

  it("is not misled by kernels that come and go", () => {
    const log = new RateLog();
    log.add([kernel("a", 1000)], 1);
    log.add([kernel("b", 6)], 2);
    expect(log.moments.at(-1)?.messages.from_kernel).toBe(6);
    log.add([kernel("b", 2)], 3);
    expect(log.moments.at(-1)?.messages.from_kernel).toBe(0);
  });

  it("forgets the oldest", () => {
    const log = new RateLog();
    for (let at = 0; at < 3 * MOMENTS; at++) log.add([kernel("a", at)], at);
    expect(log.moments.length).toBe(MOMENTS);
    expect(log.moments.at(-1)?.at).toBe(3 * MOMENTS - 1);
  });
});
