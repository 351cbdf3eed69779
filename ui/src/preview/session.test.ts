// A preview at work, its server and its frame played by the test.
import { describe, expect, it, vi } from "vitest";
import type { BrokerEvent, StateChanged } from "../api/event_shapes";
import { ApiError } from "../api/request";
import type { WholeComm } from "../api/shapes";
import { MOST_A_SECOND, MOST_TEXT } from "./limits";
import type { FromFrame, ToFrame } from "./messages";
import type { Outgoing } from "./outgoing";
import { PreviewSession, type Said } from "./session";

type State = Record<string, unknown>;

const SLIDER: State = { _view_name: "IntSliderView", value: 3, max: 100, layout: "IPY_MODEL_layout" };
const LAYOUT: State = { _view_name: "LayoutView", width: null };

function desk(states: Record<string, State> = { root: { ...SLIDER }, layout: { ...LAYOUT } }, mayWrite = true, module = "@jupyter-widgets/controls") {
  const sequences: Record<string, number> = {};
  const sent: { message: Outgoing; done: (failure?: unknown) => void }[] = [];
  const toFrame: ToFrame[] = [];
  const said: Said[] = [];
  const watches: { withMessages: boolean; on: (events: readonly BrokerEvent[]) => void; stop: () => void }[] = [];
  let texts = 100;
  const ask = vi.fn(async (id: string) => {
    const state = states[id];
    if (!state) throw new ApiError(`no comm '${id}'`, 404, "CommNotFoundError");
    const comm = { comm_id: id, model: { name: "M", module, version: "2.0.0" }, state: structuredClone(state), buffers: [], sequence: sequences[id] ?? 1 };
    return { comm: comm as unknown as WholeComm, size: texts };
  });
  const session = new PreviewSession(
    {
      ask,
      send: (message) => new Promise((resolve, reject) => sent.push({ message, done: (failure) => (failure ? reject(failure as Error) : resolve()) })),
      watch: (withMessages, on) => {
        const stop = vi.fn();
        watches.push({ withMessages, on, stop });
        return Promise.resolve(stop);
      },
    },
    "root",
    mayWrite,
    (message) => toFrame.push(structuredClone(message)),
    (each) => said.push(each),
  );
  const changes = () => toFrame.flatMap((each) => (each.kind === "change" ? each.changes.map(({ id, state }) => ({ id, state })) : []));
  return {
    states,
    sequences,
    sent,
    toFrame,
    said,
    watches,
    ask,
    session,
    changes,
    /** Whether it is over, and why. */
    ended: () => said.find((each) => each.kind === "ended")?.text,
    note: () => said.findLast((each) => each.kind === "note")?.text,
    long: (size: number) => (texts = size),
    say: (message: FromFrame) => session.fromFrame({ text: JSON.stringify(message), buffers: [] }),
    /** The frame has taken all that it was given. */
    applied() {
      for (const each of toFrame) if (each.kind === "change") session.fromFrame({ text: JSON.stringify({ kind: "applied", number: each.number }), buffers: [] });
    },
    move(value: unknown, number = 1, id = "root") {
      this.say({ kind: "send", number, id, data: { method: "update", state: { value }, buffer_paths: [] } });
    },
    /** The kernel, or another page, changed something. */
    changed(id: string, state: State, more: Partial<StateChanged> = {}) {
      sequences[id] = (sequences[id] ?? 1) + 1;
      states[id] = { ...states[id], ...state };
      const data = { comm_id: id, sequence: sequences[id], whole: false, attributes: state, buffers: [], omitted: [], redacted: [], merged: 0, ...more };
      watches.at(-1)?.on([{ type: "state", data: data as unknown as StateChanged }]);
    },
    event(event: unknown) {
      watches.at(-1)?.on([event as BrokerEvent]);
    },
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

async function open(...how: Parameters<typeof desk>) {
  const all = desk(...how);
  await all.session.start();
  return all;
}

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
    const all = desk();
    all.ask.mockResolvedValue({ comm: { model: { name: "M", module: "m", version: "1" }, state: null, buffers: [], sequence: 1 } as never, size: 9 });
    await all.session.start();
    expect(all.ended()).toContain("does not know this widget's state");
  });

  it("not with what has no looks", async () => {
    expect((await open({ root: { ...LAYOUT } })).ended()).toContain("no looks of its own");
  });

  it("not with megabytes of text", async () => {
    const all = desk();
    all.long(MOST_TEXT + 1);
    await all.session.start();
    expect(all.ended()).toContain("holds more than 4 MB");
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
    expect(one.ended()).toBe("This widget is gone: the kernel closed it.");
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
});

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
    expect(all.note()).toContain("no right to write");
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
    expect(all.note()).toContain("no right to write");
    expect(all.changes()).toEqual([{ id: "root", state: { value: 3 } }]);
    all.move(60, 2);
    expect(all.sent).toHaveLength(1);
  });

  it("says why it was not sent", async () => {
    const all = await open();
    all.move(50);
    all.sent[0]?.done(new ApiError("the message is too large", 413, "TooLargeError"));
    await settle();
    expect(all.note()).toBe("That was not sent: the message is too large");
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

  it("ends with what is no message", async () => {
    const all = await open();
    all.session.fromFrame({ anything: 1 });
    expect(all.ended()).toBe("The widget's code sent something that is no message.");
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
    expect(all.note()).toBe("The widget's code wanted to load esm.sh; a preview has no network.");
    all.say({ kind: "blocked", address: "inline" });
    expect(all.note()).toContain("does not run here");
  });
});
