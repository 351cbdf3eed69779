// Gives running cells back to a notebook: after a reload, and in a second page.
//
// docs/topics/running-cells.md has the contract. The order of what the broker sends decides here,
// never a time: nothing of a cell changes before the fence.
import { AttachedCell, closeInput, liveRequest } from "./attached_cell.js";
import { askForRuns } from "./contract.js";
import { addRunLost, noteRunning, takeLost, tellOfLost } from "./lost_cells.js";
import { isLive, isNews, match, needs } from "./matching.js";
import { hasOtherExecutor, hasRuns } from "./page_config.js";

const said = new Set();

/** Say something in the console, once. */
function sayOnce(text) {
  if (said.has(text)) return;
  said.add(text);
  console.info(`jupyter_comm_broker: ${text}`);
}

/** Whether a promise is fulfilled or rejected by now. */
function isSettled(promise) {
  return new Promise((resolve) => {
    const settled = () => resolve(true);
    promise.then(settled, settled);
    // What is called back for a settled promise comes before this.
    Promise.resolve()
      .then(() => {})
      .then(() => resolve(false));
  });
}

/** One notebook of the page. */
class NotebookRuns {
  #app;
  #panel;
  #context;
  #kernel = null;
  #attached = new Map();
  #known = 0;
  #isReload = true;

  constructor(app, panel, context) {
    this.#app = app;
    this.#panel = panel;
    this.#context = context;
    const session = context.sessionContext;
    session.kernelChanged.connect(this.#lookSoon);
    session.connectionStatusChanged.connect(this.#reconnected);
    session.iopubMessage.connect(this.#heard);
    window.addEventListener("pagehide", this.#left);
    this.#lookSoon();
  }

  dispose() {
    const session = this.#context.sessionContext;
    session.kernelChanged.disconnect(this.#lookSoon);
    session.connectionStatusChanged.disconnect(this.#reconnected);
    session.iopubMessage.disconnect(this.#heard);
    window.removeEventListener("pagehide", this.#left);
  }

  get #connection() {
    return this.#context.sessionContext.session?.kernel ?? null;
  }

  get #cells() {
    return this.#panel.content.widgets.filter((cell) => cell.model.type === "code");
  }

  #lookSoon = () => {
    // A notebook that cannot be read has no cells to look at.
    this.#context.ready.then(this.#look, () => {});
  };

  /** Ask the broker, once for each connection. */
  #look = () => {
    const kernel = this.#connection;
    if (!kernel || kernel === this.#kernel || this.#panel.isDisposed) return;
    if (this.#context.model.collaborative) {
      sayOnce("outputs belong to a shared document here. Running cells are left to it.");
      return;
    }
    this.#kernel = kernel;
    this.#ask(kernel);
  };

  #ask(kernel) {
    try {
      askForRuns(kernel, this.#idsChange, (answer) => {
        this.#answered(kernel, answer).catch((error) =>
          console.warn("jupyter_comm_broker: running cells did not come back:", error),
        );
      });
    } catch {
      // The kernel is dead.
    }
  }

  /** The page lost its socket and has it back. What it missed comes before the answer. */
  #reconnected = (_, status) => {
    if (status !== "connected" || this.#connection !== this.#kernel || !this.#kernel) return;
    for (const cell of this.#attached.values()) if (!cell.begun) cell.giveUp();
    this.#ask(this.#kernel);
  };

  get #idsChange() {
    const { nbformat, nbformatMinor } = this.#context.model;
    return nbformat === 4 && nbformatMinor < 5;
  }

  async #answered(kernel, answer) {
    if (this.#panel.isDisposed || kernel !== this.#connection) return;
    const { runs, now } = answer;
    const cells = this.#cells;
    const saved = Date.parse(this.#context.contentsModel?.last_modified) || 0;
    // What ended before an earlier look was seen then.
    const known = Math.max(saved, this.#known);
    this.#known = Date.parse(now);
    const { found, unclear } = match(runs, cells, this.#idsChange);
    const busy = runs.some(isLive);
    for (const [cell, run] of found) {
      const own = liveRequest(cell);
      if (own === undefined ? needs(cell, run, known, busy) : await this.#missed(cell, run)) {
        this.#attach(cell, kernel, run, saved);
      }
    }
    if (unclear.some((run) => isNews(run, known))) {
      sayOnce("a run could belong to several cells of this notebook, so no cell shows it.");
    }
    if (this.#isReload) {
      this.#isReload = false;
      const lost = takeLost(this.#context, kernel, cells, runs);
      if (lost.length > 0) tellOfLost(this.#app, this.#context, lost);
    }
  }

  /** Whether the page missed the end of a run that it shows: it was away for too long. */
  async #missed(cell, run) {
    if (isLive(run) || liveRequest(cell) !== run.msg_id) return false;
    const future = cell.outputArea.future;
    if (await isSettled(future.done)) return false;
    // Before another future has its place: it takes its id with it when it goes.
    future.dispose();
    return true;
  }

  #attach(cell, kernel, run, saved) {
    const fresh = !(Date.parse(run.sent_at) <= saved);
    this.#attached.get(run.msg_id)?.giveUp();
    this.#attached.set(run.msg_id, new AttachedCell(cell, kernel, run, fresh));
  }

  /** Another page answered an `input()`, whoever asked for the run. */
  #heard = (_, message) => {
    if (message.content.comm_broker?.say !== "answered") return;
    const run = message.parent_header.msg_id;
    const cell = this.#cells.find((each) => liveRequest(each) === run);
    if (cell) closeInput(cell, this.#connection);
  };

  #left = () => {
    if (this.#connection) noteRunning(this.#context, this.#connection, this.#cells);
  };
}

export default {
  id: "jupyter_comm_broker:running-cells",
  description: "Gives running cells back to a notebook after a reload.",
  autoStart: true,
  activate(app) {
    if (!hasRuns()) return;
    if (hasOtherExecutor()) {
      sayOnce("another extension runs the cells here. Running cells are left to it.");
      return;
    }
    const panels = new Set();
    addRunLost(app, panels);
    app.docRegistry.addWidgetExtension("Notebook", {
      createNew(panel, context) {
        // Several views of one notebook share its cells and its connection. One of them asks.
        if ([...panels].some((each) => each.context === context)) return undefined;
        const runs = new NotebookRuns(app, panel, context);
        panels.add(panel);
        return {
          isDisposed: false,
          dispose() {
            panels.delete(panel);
            runs.dispose();
          },
        };
      },
    });
  },
};
