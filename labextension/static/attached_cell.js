// A cell that shows a run which another page, or this one before its reload, asked for.
import { attachTo, saidBy } from "./contract.js";
import { keepFromWidgets } from "./output_widgets.js";
import { showEnded, showRunning } from "./prompts.js";

/** What a cell, or an Output widget in its place, makes outputs of. */
const OUTPUTS = new Set([
  "clear_output",
  "display_data",
  "error",
  "execute_result",
  "stream",
  "update_display_data",
]);

/** The id of the request whose answers come to the cell; `undefined` if none do. */
export function liveRequest(cell) {
  const future = cell.outputArea.future;
  return future && !future.isDisposed ? future.msg.header.msg_id : undefined;
}

export class AttachedCell {
  #cell;
  #run;
  #future;
  #fresh;
  #begun = false;
  #captured = false;

  /** Attach to a run. `fresh` says that the file's cell is older than the run. */
  constructor(cell, kernel, run, fresh) {
    this.#cell = cell;
    this.#run = run;
    this.#fresh = fresh;
    this.#future = attachTo(kernel, run.msg_id);
    keepFromWidgets(kernel, run.msg_id);
    this.#future.registerMessageHook((message) => this.#passes(message));
    this.#future.done.then(
      (reply) => this.#ended(reply),
      () => this.#cancelled(),
    );
  }

  get msgId() {
    return this.#run.msg_id;
  }

  /** Whether the broker answered. The cell is as it was before that. */
  get begun() {
    return this.#begun;
  }

  giveUp() {
    this.#future.dispose();
  }

  /** Whether the cell's output area may draw the message. */
  #passes(message) {
    const said = saidBy(message);
    if (said) {
      this.#heed(said, message);
      return false;
    }
    // What comes before the fence comes again after it.
    if (!this.#begun) return false;
    // JupyterLab 4.6 keeps what comes for a deleted cell, as it may be undeleted.
    if (this.#cell.isDisposed) return true;
    this.#noteEdit(message);
    this.#noteTime(message);
    return !(this.#captured && OUTPUTS.has(message.header.msg_type));
  }

  #heed(said, message) {
    if (said.say === "replay") this.#begin(said);
    else if (said.say === "captured") this.#captured = true;
    else if (said.say === "released") this.#captured = false;
    else if (message.content.execution_state === "idle") this.#noteTime(message);
  }

  /** Make the cell as CodeCell.execute makes one that is run. */
  #begin(said) {
    const cell = this.#cell;
    const live = cell.isDisposed ? undefined : liveRequest(cell);
    if (cell.isDisposed || (live !== undefined && live !== this.msgId)) {
      // It was deleted or run meanwhile.
      this.giveUp();
      return;
    }
    this.#begun = true;
    this.#captured = false;
    const model = cell.model;
    // First the outputs of the file go, then the cell is trusted: they must not be drawn again.
    model.sharedModel.transact(() => model.clearExecution(), false);
    model.deleteMetadata("execution");
    if (this.#fresh) cell.outputHidden = false;
    showRunning(cell);
    cell.outputArea.future = this.#future;
    if (said.began) this.#setTime("iopub.status.busy", this.#run.began_at);
  }

  #ended(reply) {
    const cell = this.#cell;
    if (!this.#begun) {
      this.giveUp();
      return;
    }
    if (!this.#isShown) return;
    const { status, ename, execution_count: count } = reply.content;
    const none = status === "aborted" || ename === "DeadKernelError";
    showEnded(cell, none ? null : count);
    if (reply.metadata.started) this.#setTime("shell.execute_reply.started", reply.metadata.started);
    this.#setTime("shell.execute_reply", reply.header.date);
  }

  /** The kernel was restarted or died, or the cell was run again or deleted. */
  #cancelled() {
    if (!this.#begun || !this.#isShown) return;
    showEnded(this.#cell, null);
    this.#setTime("execution_failed", new Date().toISOString());
  }

  get #isShown() {
    return !this.#cell.isDisposed && this.#cell.outputArea.future === this.#future;
  }

  /** Let the cell look edited if the kernel runs something else than what stands in it. */
  #noteEdit(message) {
    if (message.header.msg_type !== "execute_input") return;
    const source = this.#cell.model.sharedModel.getSource();
    if (message.content.code.trim() !== source.trim()) this.#cell.model.isDirty = true;
  }

  #noteTime(message) {
    const type = message.header.msg_type;
    if (type === "execute_input") this.#setTime("iopub.execute_input", message.header.date);
    else if (type === "status") {
      this.#setTime(`iopub.status.${message.content.execution_state}`, message.header.date);
    }
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
