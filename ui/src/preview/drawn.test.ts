// What a preview draws: how it begins, and what changes in the kernel while it is open.
import { describe, expect, it } from "vitest";
import { MOST_TEXT } from "./limits";
import { setup, LAYOUT, open, settle, SLIDER } from "./session.testing";

describe("a preview begins", () => {
  it("with the widget and all that it refers to", async () => {
    const { toFrame, watches } = await open();
    expect(toFrame).toHaveLength(1);
    expect(toFrame[0]).toMatchObject({ kind: "show", root: "root", models: [{ id: "layout" }, { id: "root", state: SLIDER }] });
    expect(watches.map((each) => each.withMessages)).toEqual([false]);
  });

  it("and hears messages where a third party's code may want them", async () => {
    const { watches } = await open(undefined, true, "anywidget");
    expect(watches.map((each) => each.withMessages)).toEqual([false, true]);
    expect(watches[0]?.stop).toHaveBeenCalled();
  });

  it("not where the state is not known", async () => {
    const all = setup();
    all.ask.mockResolvedValue({ comm: { model: { name: "M", module: "m", version: "1" }, state: null, buffers: [], sequence: 1 } as never, size: 9 });
    await all.session.start();
    expect(all.ended()).toContain("does not know this widget's state");
  });

  it("not with what has no looks", async () => {
    expect((await open({ root: { ...LAYOUT } })).ended()).toContain("no view of its own");
  });

  it("not with megabytes of text", async () => {
    const all = setup();
    all.long(MOST_TEXT + 1);
    await all.session.start();
    expect(all.ended()).toContain("has more than 4 MB");
    expect(all.toFrame).toEqual([]);
  });

  it("not with a comm that is gone", async () => {
    expect((await open({})).ended()).toBe("no comm 'root'");
  });
});

describe("what changes in the kernel", () => {
  it("changes in the frame", async () => {
    const all = await open();
    all.changed("root", { value: 8 });
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { value: 8 } }]);
  });

  it("is passed on once, however often it is told", async () => {
    const all = await open();
    all.changed("root", { value: 8 });
    all.changed("root", { value: 1 }, { sequence: 1 });
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { value: 8 } }]);
  });

  it("of other widgets is not its business", async () => {
    const all = await open();
    all.changed("stranger", { value: 8 });
    await settle();
    expect(all.toFrame).toHaveLength(1);
  });

  it("is read where the event does not hold it", async () => {
    const all = await open();
    all.states.root = { ...SLIDER, value: "long" };
    all.changed("root", {}, { omitted: ["value"] });
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { value: "long" } }]);
  });

  it("may bring widgets with it", async () => {
    const all = await open({ root: { _view_name: "BoxView", children: [] } });
    all.states.child = { ...SLIDER };
    all.states.layout = { ...LAYOUT };
    all.changed("root", { children: ["IPY_MODEL_child"] });
    await settle();
    expect(all.toFrame.slice(1)).toMatchObject([
      { kind: "add", models: [{ id: "layout" }, { id: "child" }] },
      { kind: "change", changes: [{ id: "root", state: { children: ["IPY_MODEL_child"] } }] },
    ]);
  });

  it("may become a loop, which is cut", async () => {
    const all = await open({ root: { _view_name: "BoxView", children: [] } });
    all.changed("root", { children: ["IPY_MODEL_root"] });
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { children: ["IPY_MODEL_comm-broker-loop"] } }]);
  });

  it("is asked for anew where something was missed", async () => {
    const all = await open();
    all.states.root = { ...SLIDER, value: 55 };
    all.sequences.root = 9;
    all.event({ type: "resync", data: { reason: "" } });
    await settle();
    expect(all.changes()).toEqual([{ id: "root", state: { value: 55 } }]);
  });

  it("is the end, where the widget or the kernel ends", async () => {
    const one = await open();
    one.event({ type: "closed", data: { comm_id: "root", reason: "the kernel closed it" } });
    expect(one.ended()).toBe("This widget is closed: the kernel closed it.");
    const other = await open();
    other.event({ type: "kernel", data: { state: "restarted" } });
    expect(other.ended()).toContain("restarted");
  });

  it("and is said to the widget's own code, goes to that", async () => {
    const all = await open(undefined, true, "anywidget");
    const message = { comm_id: "root", direction: "from_kernel", method: "custom", buffers: [], cut: null, data: { method: "custom", content: { hi: 1 } } };
    all.event({ type: "message", data: message });
    all.event({ type: "message", data: { ...message, comm_id: "stranger" } });
    all.event({ type: "message", data: { ...message, direction: "from_frontend" } });
    expect(all.toFrame.slice(1)).toEqual([{ kind: "custom", id: "root", content: { hi: 1 } }]);
    all.event({ type: "message", data: { ...message, buffers: [4] } });
    expect(all.note()).toContain("binary parts");
  });

  it("asks once for a widget that went while nobody looked", async () => {
    const all = await open();
    delete all.states.layout;
    all.ask.mockClear();
    all.event({ type: "resync", data: { reason: "" } });
    await settle();
    expect(all.ask).toHaveBeenCalledTimes(2);
    expect(all.toFrame.slice(1)).toEqual([{ kind: "closed", id: "layout" }]);
    expect(all.ended()).toBeUndefined();
  });
});
