// How a cell follows the run that it attached to. Run by ui's vitest.
import { AttachedCell } from "../../labextension/static/attached_cell.js";

const RUN = { msg_id: "the run", record_timing: false };
const FENCE = says("replay", { began_at: null });
const REPLY = {
  header: { date: "" },
  metadata: {},
  content: { status: "ok", execution_count: 3 },
};

function says(say, more = {}) {
  const content = { execution_state: "busy", comm_broker: { version: 1, say, ...more } };
  return { header: { msg_type: "status" }, content };
}

function prints(text) {
  return { header: { msg_type: "stream" }, content: { name: "stdout", text } };
}

/** A kernel whose one future answers as JupyterLab's do: its hook decides what the cell gets. */
function attached(state = "running") {
  const future = { msg: { header: { msg_id: RUN.msg_id } }, isDisposed: false };
  future.done = new Promise((resolve) => {
    future.ends = async (reply) => resolve(reply);
  });
  future.registerMessageHook = (hook) => {
    future.takes = hook;
  };
  future.dispose = () => {
    future.isDisposed = true;
  };
  const kernel = {
    clientId: "page",
    username: "",
    sendShellMessage: () => future,
    registerMessageHook: () => {},
  };
  const notebook = { cells: [{}], insertCell: (at, cell) => notebook.cells.splice(at, 0, cell) };
  const sharedModel = { transact: (change) => change(), notebook, setSource: vi.fn() };
  notebook.cells.push(sharedModel, {});
  const cell = {
    isDisposed: false,
    model: {
      sharedModel,
      executionState: "idle",
      executionCount: null,
      clearExecution: () => {},
      deleteMetadata: () => {},
    },
    outputArea: { future: null },
  };
  return { cell, future, attachment: new AttachedCell(cell, kernel, { ...RUN, state }, true) };
}

test("a cell runs from the fence on, and ends with the reply", async () => {
  const { cell, future } = attached();
  expect(future.takes(prints("before the fence"))).toBe(false);
  expect(future.takes(FENCE)).toBe(false);
  expect(cell.model.executionState).toBe("running");
  expect(future.takes(prints("after the fence"))).toBe(true);
  await future.ends(REPLY);
  expect([cell.model.executionState, cell.model.executionCount]).toEqual(["idle", 3]);
});

test("a run that ends while the page asks is shown with its output and its end", async () => {
  const { cell, future } = attached();
  await future.ends(REPLY);
  expect(future.isDisposed).toBe(false);
  expect(cell.model.executionCount).toBe(null);
  future.takes(FENCE);
  expect(cell.outputArea.future).toBe(future);
  expect(future.takes(prints("all of it"))).toBe(true);
  expect([cell.model.executionState, cell.model.executionCount]).toEqual(["idle", 3]);
});

test("what comes again after the end is not drawn twice", async () => {
  const { future } = attached();
  future.takes(FENCE);
  await future.ends(REPLY);
  future.takes(FENCE);
  expect(future.takes(prints("once more"))).toBe(false);
});

test("a cell takes nothing while an Output widget does", () => {
  const { future } = attached();
  future.takes(FENCE);
  future.takes(says("captured"));
  expect(future.takes(prints("inside"))).toBe(false);
  future.takes(says("released"));
  expect(future.takes(prints("beside"))).toBe(true);
});

test("a cell that was run meanwhile is left alone", () => {
  const { cell, future } = attached();
  const other = { msg: { header: { msg_id: "another run" } }, isDisposed: false };
  cell.outputArea.future = other;
  future.takes(FENCE);
  expect(cell.outputArea.future).toBe(other);
  expect(future.isDisposed).toBe(true);
});

const LOADED = { source: "set_next_input", text: "x = 1" };

test("the next input of a run that was live comes below its cell, untrusted", async () => {
  const { cell, future } = attached();
  future.takes(FENCE);
  await future.ends({ ...REPLY, content: { ...REPLY.content, payload: [LOADED] } });
  const { cells } = cell.model.sharedModel.notebook;
  expect(cells[2]).toEqual({ cell_type: "code", source: "x = 1", metadata: { trusted: false } });
  expect(cells).toHaveLength(4);
});

test("what a cell loads takes the place of its source", async () => {
  const { cell, future } = attached();
  future.takes(FENCE);
  const payload = [{ source: "page" }, { ...LOADED, replace: true }];
  await future.ends({ ...REPLY, content: { ...REPLY.content, payload } });
  expect(cell.model.sharedModel.setSource).toHaveBeenCalledWith("x = 1");
  expect(cell.model.sharedModel.notebook.cells).toHaveLength(3);
});

test("a run that had ended before sets no input", async () => {
  const { cell, future } = attached("ended");
  future.takes(FENCE);
  await future.ends({ ...REPLY, content: { ...REPLY.content, payload: [LOADED] } });
  expect(cell.model.sharedModel.notebook.cells).toHaveLength(3);
});
