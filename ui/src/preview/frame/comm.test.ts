// A comm in the frame: what a widget did later than the page knew is not undone.
import { describe, expect, it, vi } from "vitest";
import { FrameComm } from "./comm";
import type { Page } from "./page";

function setup() {
  let number = 0;
  const page = { send: vi.fn(() => (number += 1)) };
  const comm = new FrameComm("a", page as unknown as Page);
  const taken: unknown[] = [];
  comm.on_msg(((message: { content: { data: unknown } }) => taken.push(message.content.data)) as never);
  const move = (state: Record<string, unknown>) => comm.send({ method: "update", state, buffer_paths: [] });
  return { page, comm, taken, move };
}

describe("a comm", () => {
  it("hands on what changed", async () => {
    const { comm, taken } = setup();
    await comm.changed({ id: "a", state: { value: 1 }, buffers: [{ path: ["raw"], data: new ArrayBuffer(2) }], after: 0 });
    expect(taken).toEqual([{ method: "update", state: { value: 1 }, buffer_paths: [["raw"]] }]);
  });

  it("does not jump back to what was before its own last word", async () => {
    const { comm, taken, move } = setup();
    move({ value: 1 });
    move({ value: 2 });
    await comm.changed({ id: "a", state: { value: 1, other: 5 }, buffers: [], after: 1 });
    expect(taken).toEqual([{ method: "update", state: { other: 5 }, buffer_paths: [] }]);
    await comm.changed({ id: "a", state: { value: 9 }, buffers: [], after: 2 });
    expect(taken[1]).toMatchObject({ state: { value: 9 } });
  });

  it("closes nothing in the kernel", () => {
    const { comm, page } = setup();
    comm.close();
    expect(page.send).not.toHaveBeenCalled();
  });
});
