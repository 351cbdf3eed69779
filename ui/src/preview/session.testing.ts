// For the tests of a preview: a session whose server and frame are simulated by the test.
import { vi } from "vitest";
import type { BrokerEvent, StateChanged } from "../api/event_shapes";
import { ApiError } from "../api/request";
import type { WholeComm } from "../api/shapes";
import type { FromFrame, ToFrame } from "./messages";
import type { Outgoing } from "./outgoing";
import type { Said } from "./said";
import { PreviewSession } from "./session";

type State = Record<string, unknown>;

export const SLIDER: State = { _view_name: "IntSliderView", value: 3, max: 100, layout: "IPY_MODEL_layout" };
export const LAYOUT: State = { _view_name: "LayoutView", width: null };

/** A session whose root is known as "root", and all that it says. */
export function setup(states: Record<string, State> = { root: { ...SLIDER }, layout: { ...LAYOUT } }, mayWrite = true, module = "@jupyter-widgets/controls") {
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

/** Let all that waits for nothing but its turn happen. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A session that shows its widgets. */
export async function open(...how: Parameters<typeof setup>) {
  const all = setup(...how);
  await all.session.start();
  return all;
}
