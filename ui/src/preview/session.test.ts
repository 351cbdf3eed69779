// What is done in a preview's frame, by people and by code.
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/request";
import { MOST_A_SECOND } from "./limits";
import { open, settle, SLIDER, LAYOUT } from "./session.testing";

describe("what is done in the frame", () => {
  it("goes to the kernel, and what that makes of it counts", async () => {
    const all = await open();
    all.move(200);
    expect(all.sent[0]?.message).toMatchObject({ id: "root", data: { method: "update", state: { value: 200 } } });
    // The kernel's side allows no more than 100.
    all.states.root = { ...SLIDER, value: 100 };
    all.sequences.root = 2;
    all.sent[0]?.done();
    await settle();
    expect(all.toFrame.slice(1)).toMatchObject([{ kind: "done", numbers: [1] }, { kind: "change", changes: [{ id: "root", state: { value: 100 }, after: 1 }] }]);
  });

  it("is not undone by echoes of what was before", async () => {
    const all = await open();
    all.move(4);
    all.move(5, 2);
    all.changed("root", { value: 4 });
    await settle();
    expect(all.changes()).toEqual([]);
    all.sent[0]?.done();
    await settle();
    expect(all.changes()).toEqual([]);
    all.changed("root", { value: 5 });
    all.sent[1]?.done();
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { value: 5 } }]);
  });

  it("is not undone by what was asked for before it", async () => {
    const all = await open();
    all.move(4);
    let answer: (found: unknown) => void = () => {};
    all.ask.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve as never)));
    all.sent[0]?.done();
    await settle();
    all.move(5, 2);
    answer({ comm: { model: { name: "M", module: "m", version: "1" }, state: { ...SLIDER, value: 4 }, buffers: [], sequence: 2 }, size: 100 });
    await settle();
    all.changed("root", { value: 4 });
    await settle();
    expect(all.changes()).toEqual([]);
    all.states.root = { ...SLIDER, value: 5 };
    all.sequences.root = 9;
    all.sent[1]?.done();
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { value: 5 } }]);
  });

  it("is newer than what waits for the frame", async () => {
    const all = await open();
    all.changed("root", { max: 50 });
    await settle();
    all.changed("root", { value: 7 });
    await settle();
    all.move(9);
    all.applied();
    await settle();
    expect(all.changes().filter((each) => "value" in each.state)).toEqual([]);
  });

  it("leaves other attributes to the kernel", async () => {
    const all = await open();
    all.move(4);
    all.changed("root", { max: 7 });
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { max: 7 } }]);
  });

  it("springs back where who looks may not write, and says why", async () => {
    const all = await open(undefined, false);
    expect(all.note()).toContain("not have the right to write");
    all.move(50);
    await settle();
    expect(all.sent).toEqual([]);
    expect(all.toFrame.slice(1)).toContainEqual({ kind: "done", numbers: [1] });
    expect(all.changes()).toEqual([{ id: "root", state: { value: 3 } }]);
  });

  it("springs back where the server says so", async () => {
    const all = await open();
    all.move(50);
    all.sent[0]?.done(new ApiError("may not write comms", 403, "not authorized"));
    await settle();
    expect(all.note()).toContain("not have the right to write");
    expect(all.changes()).toEqual([{ id: "root", state: { value: 3 } }]);
    all.move(60, 2);
    expect(all.sent).toHaveLength(1);
  });

  it("says why it was not sent", async () => {
    const all = await open();
    all.move(50);
    all.sent[0]?.done(new ApiError("the message is too large", 413, "TooLargeError"));
    await settle();
    expect(all.note()).toBe("Your change was not sent: the message is too large");
  });

  it("waits for a busy kernel without springing back", async () => {
    const all = await open();
    all.move(50);
    all.sent[0]?.done(new ApiError("not answered", 504, "UnansweredError"));
    await settle();
    expect(all.changes()).toEqual([]);
    all.changed("root", { value: 50 });
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { value: 50 } }]);
  });
});

describe("code in the frame", () => {
  it("reaches no comm but those that are shown", async () => {
    const all = await open();
    all.move(1, 1, "stranger");
    expect(all.sent).toEqual([]);
    expect(all.ended()).toContain("not part of this preview");
    all.move(1);
    expect(all.sent).toEqual([]);
  });

  it("may not have heard yet that one of its widgets is gone", async () => {
    const all = await open({ root: { _view_name: "BoxView", children: ["IPY_MODEL_child"] }, child: { ...SLIDER }, layout: { ...LAYOUT } });
    all.event({ type: "closed", data: { comm_id: "child", reason: "" } });
    all.move(5, 1, "child");
    expect(all.sent).toEqual([]);
    expect(all.ended()).toBeUndefined();
    expect(all.toFrame.slice(1)).toEqual([{ kind: "closed", id: "child" }, { kind: "done", numbers: [1] }]);
  });

  it("ends with what is no message", async () => {
    const all = await open();
    all.session.fromFrame({ anything: 1 });
    expect(all.ended()).toBe("The widget's code sent something that is not a message.");
  });

  it("ends with a flood", async () => {
    const all = await open();
    vi.spyOn(Date, "now").mockReturnValue(5000);
    for (let count = 0; count <= MOST_A_SECOND; count += 1) all.say({ kind: "height", pixels: 9 });
    expect(all.ended()).toContain("messages a second");
  });

  it("takes no more of the page than a frame of some height", async () => {
    const all = await open();
    all.say({ kind: "height", pixels: 1e9 });
    all.say({ kind: "height", pixels: -5 });
    expect(all.said.filter((each) => each.kind === "height").map((each) => each.pixels)).toEqual([1200, 48]);
  });

  it("is told of what it wanted to load, by its host", async () => {
    const all = await open();
    all.say({ kind: "blocked", address: "https://esm.sh/d3?secret" });
    expect(all.note()).toBe("The widget's code tried to load esm.sh. A preview has no network.");
    all.say({ kind: "blocked", address: "inline" });
    expect(all.note()).toContain("do not run here");
  });
});
