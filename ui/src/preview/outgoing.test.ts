// One message of a comm at a time, updates merged key by key behind it.
import { describe, expect, it } from "vitest";
import { MOST_AT_ONCE, MOST_WAITING } from "./limits";
import type { Path } from "./messages";
import { merged, OutgoingQueue, type Outgoing } from "./outgoing";

const bytes = (...values: number[]) => Uint8Array.from(values).buffer;
const update = (id: string, number: number, state: Record<string, unknown>, buffer_paths: Path[] = [], buffers: ArrayBuffer[] = []): Outgoing => ({
  id,
  data: { method: "update", state, buffer_paths },
  buffers,
  numbers: [number],
});
const custom = (id: string, number: number): Outgoing => ({ id, data: { method: "custom", content: number }, buffers: [], numbers: [number] });

function setup() {
  const sent: { message: Outgoing; done: (failure?: unknown) => void }[] = [];
  const finished: { numbers: readonly number[]; last: boolean; failure: unknown }[] = [];
  const queue = new OutgoingQueue({
    send: (message) =>
      new Promise((resolve, reject) => {
        sent.push({ message, done: (failure) => (failure ? reject(failure) : resolve()) });
      }),
    finished: ({ numbers }, last, failure) => finished.push({ numbers, last, failure }),
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { sent, finished, queue, settle };
}

describe("merged updates", () => {
  it("have the later value of each attribute", () => {
    expect(merged(update("a", 1, { x: 1, y: 1 }), update("a", 2, { y: 2 }))).toEqual({ ...update("a", 0, { x: 1, y: 2 }), numbers: [1, 2] });
  });

  it("keep a buffer until its attribute is set again", () => {
    const older = update("a", 1, { z: [null] }, [["x"], ["z", 0]], [bytes(1), bytes(2)]);
    expect(merged(older, update("a", 2, { x: 3 }))).toMatchObject({ data: { state: { z: [null], x: 3 }, buffer_paths: [["z", 0]] }, buffers: [bytes(2)] });
    expect(merged(older, update("a", 2, {}, [["x"]], [bytes(9)]))).toMatchObject({ data: { buffer_paths: [["z", 0], ["x"]] }, buffers: [bytes(2), bytes(9)] });
  });

  it("are made of updates only", () => {
    expect(merged(custom("a", 1), update("a", 2, {}))).toBeUndefined();
    expect(merged(update("a", 1, {}), custom("a", 2))).toBeUndefined();
  });
});

describe("the queue", () => {
  it("sends one update while those behind it become one", async () => {
    const { sent, finished, queue, settle } = setup();
    for (let number = 1; number <= 50; number += 1) queue.push(update("a", number, { value: number }));
    expect(sent).toHaveLength(1);
    expect(queue.isBusy("a")).toBe(true);
    sent[0]?.done();
    await settle();
    expect(finished).toEqual([{ numbers: [1], last: false, failure: undefined }]);
    expect(sent[1]?.message.data).toMatchObject({ state: { value: 50 } });
    expect(sent[1]?.message.numbers).toHaveLength(49);
    sent[1]?.done();
    await settle();
    expect(finished[1]?.last).toBe(true);
    expect(queue.isBusy("a")).toBe(false);
  });

  it("keeps the order of what is no update", async () => {
    const { sent, queue, settle } = setup();
    for (const message of [update("a", 1, { x: 1 }), update("a", 2, { x: 2 }), custom("a", 3), update("a", 4, { x: 4 })]) queue.push(message);
    for (let index = 0; index < 4; index += 1) {
      sent[index]?.done();
      await settle();
    }
    expect(sent.map(({ message }) => message.numbers)).toEqual([[1], [2], [3], [4]]);
  });

  it("has few under way at once, and each comm its turn", async () => {
    const { sent, queue, settle } = setup();
    for (const id of ["a", "b", "c", "d"]) for (const number of [1, 2]) queue.push(custom(id, number));
    expect(sent).toHaveLength(MOST_AT_ONCE);
    for (let index = 0; index < 8; index += 1) {
      sent[index]?.done();
      await settle();
    }
    expect(new Set(sent.slice(0, 4).map(({ message }) => message.id)).size).toBe(4);
    expect(sent).toHaveLength(8);
  });

  it("goes on behind a failure, and tells it", async () => {
    const { sent, finished, queue, settle } = setup();
    queue.push(custom("a", 1));
    queue.push(custom("a", 2));
    sent[0]?.done(new Error("no"));
    await settle();
    expect(finished[0]).toMatchObject({ numbers: [1], last: false, failure: new Error("no") });
    expect(sent).toHaveLength(2);
  });

  it("takes no more than so many", () => {
    const { queue } = setup();
    const taken = Array.from({ length: MOST_WAITING + 10 }, (_, number) => queue.push(custom("a", number)));
    // One more is under way.
    expect(taken.filter(Boolean)).toHaveLength(MOST_WAITING + 1);
  });
});
