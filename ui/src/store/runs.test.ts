import { beforeEach, describe, expect, it, vi } from "vitest";
import { fetchRuns } from "../api/broker";
import type { BrokerView, RunPage } from "../api/shapes";
import { broker } from "./kernels";
import { permissions } from "./permissions";
import { runs, watchRuns } from "./runs";

vi.mock("../api/broker");
const asked = vi.mocked(fetchRuns);
const page = (id: string) => ({ kernel_id: id, requests: [], next: null, total: 1 }) as RunPage;
const answer = (...busy: string[]) =>
  ({ kernels: [...busy.map((id) => ({ kernel_id: id, running: { msg_id: null, msg_type: null, seconds: 1 } })), { kernel_id: "idle", running: null }] }) as unknown as BrokerView;
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  asked.mockReset().mockImplementation((id) => Promise.resolve(page(id)));
  permissions.value = { read: true, write: false, execute: false, kernels: true };
  broker.value = answer("a", "b");
});

describe("watchRuns", () => {
  it("asks about busy kernels with each answer of the broker, and not when it is over", async () => {
    const stop = watchRuns();
    await settled();
    expect([...runs.value.keys()]).toEqual(["a", "b"]);
    broker.value = answer("b");
    await settled();
    expect([...runs.value.keys()]).toEqual(["b"]);
    stop();
    expect(runs.value.size).toBe(0);
    broker.value = answer("a");
    await settled();
    expect(asked.mock.calls.map(([id]) => id)).toEqual(["a", "b", "b"]);
  });

  it("asks nothing without the right to read kernels, and forgets what is shown when it is taken away", async () => {
    permissions.value = { ...permissions.value, kernels: false };
    const stop = watchRuns();
    await settled();
    expect(asked).not.toHaveBeenCalled();
    permissions.value = { ...permissions.value, kernels: true };
    await settled();
    expect(runs.value.size).toBe(2);
    permissions.value = { ...permissions.value, kernels: false };
    expect(runs.value.size).toBe(0);
    stop();
  });

  it("leaves out a kernel that has just ended, and never asks twice at once", async () => {
    let reply = (_page: RunPage) => {};
    asked.mockImplementation((id) => (id === "a" ? Promise.reject(new Error("gone")) : new Promise((resolve) => (reply = resolve))));
    const stop = watchRuns();
    broker.value = answer("a", "b");
    broker.value = answer("a", "b");
    expect(asked).toHaveBeenCalledTimes(2);
    reply(page("b"));
    await settled();
    expect([...runs.value.keys()]).toEqual(["b"]);
    stop();
  });
});
