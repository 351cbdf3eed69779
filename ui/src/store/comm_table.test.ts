import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BrokerEvent } from "../api/event_shapes";
import { CommTable, commKey } from "./comm_table";

const opened = (comm_id: string, kernel_id = "k"): BrokerEvent => ({
  type: "opened",
  data: { at: "2026-01-01T00:00:00+00:00", kernel_id, comm_id, target_name: "t", opened_by: "kernel", model: null },
});
const closed = (comm_id: string, kernel_id = "k"): BrokerEvent => ({
  type: "closed",
  data: { at: "", kernel_id, comm_id, target_name: "t", by: "kernel", reason: "" },
});

let table: CommTable;
let frames: (() => void)[];

beforeEach(() => {
  table = new CommTable();
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (then: () => void) => frames.push(then));
});
afterEach(() => vi.unstubAllGlobals());

const nextFrame = () => frames.splice(0).forEach((each) => each());
const ids = () => [...table.rows.values()].map((each) => `${each.kernel_id}/${each.comm_id}`);

describe("CommTable", () => {
  it("knows a comm from its opening until it closes, by kernel and id", () => {
    expect(table.follow([opened("a"), opened("a", "other"), opened("b")])).toBe(3);
    table.follow([closed("a")]);
    expect(ids()).toEqual(["other/a", "k/b"]);
  });

  it("tells its readers once a frame, however much happens", () => {
    for (let n = 0; n < 1000; n++) table.follow([opened(`c${n}`)]);
    expect(table.version.value).toBe(0);
    expect(frames.length).toBe(1);
    nextFrame();
    expect(table.version.value).toBe(1);
    table.follow([closed("c0")]);
    nextFrame();
    expect(table.version.value).toBe(2);
  });

  it("holds no more than what lives", () => {
    for (let n = 0; n < 20_000; n++) table.follow([opened(`c${n}`), closed(`c${n - 10}`)]);
    expect(table.rows.size).toBe(10);
  });

  it("takes over what REST says, but brings nothing back that closed meanwhile", () => {
    table.follow([opened("a")]);
    table.merge([{ kernel_id: "k", comm_id: "a", sequence: 7 }, { kernel_id: "k", comm_id: "gone", sequence: 1 }], true);
    expect(ids()).toEqual(["k/a"]);
    expect(table.rows.get(commKey("k", "a"))).toMatchObject({ sequence: 7, target_name: "t" });
  });

  it("drops what is not in a list that is whole", () => {
    table.follow([opened("a"), opened("b")]);
    nextFrame();
    table.keep(new Set([commKey("k", "b")]));
    expect(ids()).toEqual(["k/b"]);
    nextFrame();
    expect(table.version.value).toBe(2);
  });

  it("lets all comms of a kernel go when its process ends, and no others", () => {
    table.follow([opened("a"), opened("b", "other")]);
    table.follow([{ type: "kernel", data: { at: "", kernel_id: "k", state: "dead", reason: "" } }]);
    expect(ids()).toEqual(["other/b"]);
  });

  it("puts a comm that is opened again under its id at the end", () => {
    table.follow([opened("a"), opened("b"), opened("a")]);
    expect(ids()).toEqual(["k/b", "k/a"]);
  });
});
