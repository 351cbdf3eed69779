// Gives running cells back to a notebook: after a reload, and in a second page.
//
// A cell changes at the fence, and not before.
import { AttachedCell, closeInput, liveRequest } from "./attached_cell.js";
import { askForRuns } from "./contract.js";
import { mayShow } from "./first_look.js";
import { addRunLost, noteRunning, takeLost, tellOfLost } from "./lost_cells.js";
import { isLive, isNews, match, needs } from "./matching.js";
import { notify } from "./notify.js";
import { hasOtherExecutor, hasRuns } from "./page_config.js";
import { showsRunning } from "./prompts.js";

const said = new Set();

function sayOnce(text) {
  if (!said.has(text)) console.info(`jupyter_comm_broker: ${text}`);
  said.add(text);
}

class NotebookRuns {
  #app;
  #panel;
  #context;
  #kernel = null;
  #wasCut = false;
  #attached = new Map();
  #known = 0;

  constructor(app, panel, context) {
    this.#app = app;
    this.#panel = panel;
    this.#context = context;
    for (const [signal, slot] of this.#slots) signal.connect(slot);
    window.addEventListener("pagehide", this.#left);
    this.#lookSoon();
  }

  dispose() {
    for (const [signal, slot] of this.#slots) signal.disconnect(slot);
    window.removeEventListener("pagehide", this.#left);
  }

  get #slots() {
    const session = this.#context.sessionContext;
    return [
      [session.kernelChanged, this.#lookSoon],
      [session.connectionStatusChanged, this.#connectionChanged],
      [session.iopubMessage, this.#heard],
    ];
  }

  get #connection() {
    return this.#context.sessionContext.session?.kernel ?? null;
  }

  get #cells() {
    return this.#panel.content.widgets.filter((cell) => cell.model?.type === "code");
  }

  // A notebook that cannot be read has no cells to look at.
  #lookSoon = () => this.#context.ready.then(this.#look, () => {});

  #look = () => {
    const kernel = this.#connection;
    if (!kernel || kernel === this.#kernel || this.#panel.isDisposed) return;
    if (this.#context.model.collaborative) {
      sayOnce("outputs belong to a shared document here. Running cells are left to it.");
      return;
    }
    this.#kernel = kernel;
    this.#ask();
  };

  #ask() {
    const kernel = this.#kernel;
    try {
      askForRuns(kernel, this.#idsChange, (answer) => this.#answered(kernel, answer));
    } catch {
      // The kernel is dead.
    }
  }

  /** Ask again after an outage. What was missed comes before the answer. */
  #connectionChanged = (_, status) => {
    if (!this.#kernel || this.#kernel !== this.#connection) return;
    if (status !== "connected") this.#wasCut = this.#known > 0;
    else if (this.#wasCut) {
      this.#wasCut = false;
      for (const cell of this.#attached.values()) if (!cell.begun) cell.giveUp();
      this.#ask();
    }
  };

  get #idsChange() {
    const { nbformat, nbformatMinor } = this.#context.model;
    return nbformat === 4 && nbformatMinor < 5;
  }

  #answered(kernel, { runs, inherited = [], now, lacks }) {
    if (this.#panel.isDisposed || kernel !== this.#connection) return;
    const cells = this.#cells;
    const saved = Date.parse(this.#context.contentsModel?.last_modified) || 0;
    // What ended before an earlier look is known.
    const known = Math.max(saved, this.#known);
    const isFirst = this.#known === 0;
    this.#known = Date.parse(now);
    const { found, unclear } = match(runs, cells, this.#idsChange);
    const busy = runs.some(isLive);
    const inOrder = [...found].sort(([, one], [, other]) => isLive(other) - isLive(one));
    const isFresh = (run) => !(Date.parse(run.sent_at) <= saved);
    // A kernel that was restarted took the futures away, and the cells show what they should. A page
    // that lacks output has heard the ends of its cells by now.
    const wanted = inOrder.filter(([cell, run]) => {
      if (liveRequest(cell)) return this.#missed(cell, run, lacks);
      return isFirst || lacks ? needs(cell, run, known, busy, isFresh(run)) : isLive(run);
    });
    if (wanted.length > 0 && isFirst && !mayShow(this.#context.path)) {
      notify(this.#app, "The page hung with its outputs. They are shown if you reload it again.");
    } else {
      for (const [cell, run] of wanted) this.#attach(cell, run, isFresh(run));
    }
    if (unclear.some((run) => isNews(run, known))) {
      sayOnce("a run could belong to several cells of this notebook, so no cell shows it.");
    }
    const knows = new Set([...inherited, ...runs.map((run) => run.msg_id)]);
    const lost = isFirst ? takeLost(this.#context, kernel, cells, knows) : [];
    if (lost.length > 0) tellOfLost(this.#app, this.#context, lost);
  }

  /** Whether the page was away too long to hear of the end, or of all. */
  #missed(cell, run, lacks) {
    return liveRequest(cell) === run.msg_id && (lacks || (!isLive(run) && showsRunning(cell)));
  }

  #attach(cell, run, isFresh) {
    // First the earlier future: it would take the id along when it goes.
    if (liveRequest(cell)) cell.outputArea.future.dispose();
    this.#attached.get(run.msg_id)?.giveUp();
    this.#attached.set(run.msg_id, new AttachedCell(cell, this.#kernel, run, isFresh));
  }

  /** Another page answered an `input()`, of whichever page the run is. */
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
        // Of several views of one notebook one asks.
        if ([...panels].some((each) => each.context === context)) return undefined;
        const runs = new NotebookRuns(app, panel, context);
        panels.add(panel);
        const dispose = () => {
          panels.delete(panel);
          runs.dispose();
        };
        return { isDisposed: false, dispose };
      },
    });
  },
};
