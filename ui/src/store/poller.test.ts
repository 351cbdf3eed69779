import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Poller } from "./poller";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("Poller", () => {
  it("asks while somebody wants it, and not longer", async () => {
    const ask = vi.fn(async () => {});
    const poller = new Poller(ask, 1000, () => {});
    const [one, other] = [poller.want(), poller.want()];
    await vi.advanceTimersByTimeAsync(3500);
    expect(ask).toHaveBeenCalledTimes(4);
    one();
    one();
    await vi.advanceTimersByTimeAsync(1000);
    expect(ask).toHaveBeenCalledTimes(5);
    other();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ask).toHaveBeenCalledTimes(5);
  });

  it("asks once more when it was told to while a question was under way, never twice at once", async () => {
    let answer = () => {};
    const ask = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)));
    const poller = new Poller(ask, 1000, () => {});
    poller.now();
    for (let n = 0; n < 100; n++) poller.now();
    expect(ask).toHaveBeenCalledTimes(1);
    answer();
    await vi.advanceTimersByTimeAsync(600);
    expect(ask).toHaveBeenCalledTimes(2);
    answer();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("tells failures, and asks more seldom after each until one succeeds", async () => {
    let broken = true;
    const ask = vi.fn(async () => {
      if (broken) throw new Error("no");
    });
    const failed = vi.fn();
    const poller = new Poller(ask, 1000, failed);
    const stop = poller.want();
    await vi.advanceTimersByTimeAsync(20_000);
    const tries = ask.mock.calls.length;
    expect(failed).toHaveBeenCalledTimes(tries);
    expect(tries).toBeLessThan(6);
    broken = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(ask.mock.calls.length).toBeGreaterThan(tries + 8);
    stop();
  });
});
