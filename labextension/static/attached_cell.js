// A cell that shows a run of another page or of an earlier load.
import { attachTo, saidBy } from "./contract.js";
import { isLive } from "./matching.js";
import { keepFromWidgets } from "./output_widgets.js";
import { showEnded, showRunning } from "./prompts.js";

const NO_OUTPUT = new Set(["execute_input", "status"]);

/** The id of the request whose answers come to the cell; `undefined` if none do. */
export function liveRequest(cell) {
  const future = cell.outputArea.future;
  return future && !future.isDisposed ? future.msg.header.msg_id : undefined;
}

export class AttachedCell {
  #cell;
  #run;
  #isFresh;
  #future;
  begun = false;
  #reply;
  #again = false;
  #captured = false;

  /** `isFresh`: the cell in the file is older than the run. */
  constructor(cell, kernel, run, isFresh) {
    this.#cell = cell;
    this.#run = run;
    this.#isFresh = isFresh;
    this.#future = attachTo(kernel, run.msg_id);
    keepFromWidgets(kernel, run.msg_id);
    this.#future.registerMessageHook((message) => this.#passes(message));
    this.#future.done.then(
      (reply) => this.#ended(reply),
      () => this.#cancelled(),
    );
  }

  giveUp() {
    this.#future.dispose();
  }

  #passes(message) {
    const said = saidBy(message);
    if (said) {
      this.#heed(said);
      return false;
    }
    // What comes before the fence comes again after it.
    if (!this.begun) return false;
    if (this.#again) {
      this.#again = message.content.execution_state !== "idle";
      return false;
    }
    // JupyterLab 4.6 keeps what comes for a deleted cell.
    if (this.#cell.isDisposed) return true;
    this.#noteTime(message);
    return !this.#captured || NO_OUTPUT.has(message.header.msg_type);
  }

  #heed({ say, began_at: began }) {
    // What was on its way when a connection broke may come again. The cell has it.
    if (say === "replay" && this.begun && this.#reply) this.#again = true;
    else if (say === "replay") this.#begin(began);
    else if (say === "captured") this.#captured = true;
    else if (say === "released") this.#captured = false;
  }

  /** Make the cell as CodeCell.execute does. */
  #begin(began) {
    const cell = this.#cell;
    if (cell.isDisposed || ![undefined, this.#run.msg_id].includes(liveRequest(cell))) {
      // It was deleted or run meanwhile.
      this.giveUp();
      return;
    }
    this.begun = true;
    this.#captured = false;
    const model = cell.model;
    // It trusts the cell once the file's outputs are gone, so those are not drawn again.
    model.sharedModel.transact(() => model.clearExecution(), false);
    model.deleteMetadata("execution");
    if (this.#isFresh) cell.outputHidden = false;
    showRunning(cell);
    cell.outputArea.future = this.#future;
    this.#setTime("iopub.status.busy", began);
    if (this.#reply) this.#ended(this.#reply);
  }

  #ended(reply) {
    this.#reply = reply;
    // Before the fence, its output is still to come.
    if (!this.begun || !this.#isShown) return;
    const { status, ename, execution_count: count } = reply.content;
    const hasCount = status !== "aborted" && ename !== "DeadKernelError";
    showEnded(this.#cell, hasCount ? count : null);
    this.#setTime("shell.execute_reply.started", reply.metadata.started);
    this.#setTime("shell.execute_reply", reply.header.date);
    // If it had ended before, the next input is old.
    if (isLive(this.#run)) this.#setNextInput(reply.content);
  }

  /** As a notebook does. `%load` replaces its cell. */
  #setNextInput({ payload = [] }) {
    const next = payload.find((each) => each.source === "set_next_input");
    const shared = this.#cell.model.sharedModel;
    if (next?.replace) shared.setSource(next.text);
    else if (next) {
      const added = { cell_type: "code", source: next.text, metadata: { trusted: false } };
      shared.notebook.insertCell(shared.notebook.cells.indexOf(shared) + 1, added);
    }
  }

  /** The kernel is gone, or the cell was run again or deleted. */
  #cancelled() {
    if (!this.#isShown) return;
    showEnded(this.#cell, null);
    this.#setTime("execution_failed", new Date().toISOString());
  }

  get #isShown() {
    return !this.#cell.isDisposed && this.#cell.outputArea.future === this.#future;
  }

  #noteTime(message) {
    const { msg_type: type, date } = message.header;
    if (type === "execute_input") this.#setTime("iopub.execute_input", date);
    if (type === "status") this.#setTime(`iopub.status.${message.content.execution_state}`, date);
  }

  #setTime(name, time) {
    if (!this.#run.record_timing || !time) return;
    const model = this.#cell.model;
    model.setMetadata("execution", { ...model.getMetadata("execution"), [name]: time });
  }
}

/** Take the box of `input()` away: somebody else answered. */
export function closeInput(cell, kernel) {
  const area = cell.outputArea;
  for (const item of [...area.widgets]) {
    if (item.hasClass("jp-OutputArea-stdin-item")) item.dispose();
  }
  // An output area hears only from an idle kernel that nothing is asked any more.
  area.future.onIOPub({ header: { msg_type: "status" }, content: { execution_state: "idle" } });
  kernel.hasPendingInput = false;
}
