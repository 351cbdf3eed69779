// Which run belongs to which cell, and which cell needs it. Run by ui's vitest.
import { match, needs } from "../../labextension/static/matching.js";

const at = (seconds) => new Date(1_000_000_000_000 + 1000 * seconds).toISOString();
const SAVED = Date.parse(at(100));

function cell(id, { count = null, outputs = 0, source = "" } = {}) {
  const shared = { getId: () => id, getSource: () => source };
  return { model: { sharedModel: shared, executionCount: count, outputs: { length: outputs } } };
}

const SOURCE = "print('ä€😀')";
const SUM = 1397426411; // tests/core/runs/test_reattachment.py says what the broker counts.

function run(cellId, changes = {}) {
  return {
    msg_id: `run of ${cellId}`,
    cell_id: cellId,
    state: "ended",
    changed_at: at(50),
    execution_count: 3,
    has_displays: false,
    is_saved: false,
    ...changes,
  };
}

describe("a cell needs a run", () => {
  const cases = [
    ["that goes on", {}, { state: "running" }, true],
    ["that waits", {}, { state: "queued" }, true],
    ["that ended since the file was saved", { count: 3, outputs: 1 }, { changed_at: at(101) }, true],
    ["but not if the file has it", { count: 3, outputs: 1 }, {}, false],
    ["but not if another page saved it", { count: 3 }, { changed_at: at(101), is_saved: true }, false],
    ["if the file has an older one", { count: 2 }, { changed_at: at(101), is_saved: true }, true],
    ["if the file shows [*] and output", { outputs: 2 }, {}, true],
    ["if it ended just before the save and the file has no number", {}, { changed_at: at(99) }, true],
    ["but not if it was cleared later", {}, {}, false],
    ["but not if it never began before a restart", {}, { state: "lost", began_at: null }, false],
    ["that a restart ended", {}, { state: "lost", began_at: at(1), changed_at: at(101) }, true],
    ["but not if less of it is kept than saved", { outputs: 2 }, { bytes_dropped: 1 }, false],
    ["but not if it was aborted", { outputs: 1 }, { execution_count: null }, false],
  ];
  it.each(cases)("%s", (_, shown, changes, expected) => {
    expect(needs(cell("a", shown), run("a", changes), SAVED, false)).toBe(expected);
  });

  it("only if the cell in the file still has its source, or was saved after it was sent", () => {
    const changes = { changed_at: at(101), code_sum: SUM };
    const needsIt = (source, isFresh, more = {}) =>
      needs(cell("a", { source }), run("a", { ...changes, ...more }), SAVED, false, isFresh);
    expect(needsIt(SOURCE, true)).toBe(true);
    expect(needsIt("edited", true)).toBe(false);
    expect(needsIt("edited", false)).toBe(true);
    expect(needsIt("edited", true, { state: "running" })).toBe(true);
    expect(needsIt("edited", true, { code_sum: null })).toBe(true);
  });

  it("whose displays a later run may update", () => {
    const shown = cell("a", { count: 3, outputs: 1 });
    expect(needs(shown, run("a", { has_displays: true }), SAVED, true)).toBe(true);
    expect(needs(shown, run("a", { has_displays: true }), SAVED, false)).toBe(false);
  });
});

describe("a run finds its cell", () => {
  it("by its id, and the later run counts", () => {
    const [one, other] = [cell("a"), cell("b")];
    const runs = [run("a"), run("a", { msg_id: "later" }), run("", { msg_id: "of no cell" })];
    const { found, unclear } = match(runs, [one, other], false);
    expect([...found.keys()]).toEqual([one]);
    expect(found.get(one).msg_id).toBe("later");
    expect(unclear).toEqual([]);
  });

  it("by its source only where ids change, and if one cell has it", () => {
    const cells = [cell("x", { source: "one" }), cell("y", { source: "two" }), cell("z", { source: "two" })];
    const runs = [run("old 1", { code: "one" }), run("old 2", { code: "two" })];
    expect(match(runs, cells, false).found.size).toBe(0);
    const { found, unclear } = match(runs, cells, true);
    expect([...found.keys()]).toEqual([cells[0]]);
    expect(unclear).toEqual([runs[1]]);
  });
});
