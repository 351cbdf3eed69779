// Cells that the page had not sent yet when it was left.
//
// A page marks a cell with [*] before its request is sent, as when its connection is down. If the
// page is left then, nobody else knows of the request. So the page notes its marked cells when it
// is left, and looks after a reload which of them the broker knows.
import { liveRequest } from "./attached_cell.js";
import { showsRunning } from "./prompts.js";

const COMMAND = "jupyter_comm_broker:run-lost-cells";
const NOTIFY = "apputils:notify";

/** The broker forgets a run a while after it ended. Then this page cannot know what was lost. */
const TRUSTED_MS = 5 * 60 * 1000;

function key(context, kernel) {
  return `jupyter_comm_broker:running:${kernel.id}:${context.path}`;
}

/** Note which cells show [*], for the page that this one becomes by a reload. */
export function noteRunning(context, kernel, cells) {
  const running = cells
    .filter((cell) => showsRunning(cell) && liveRequest(cell))
    .map((cell) => ({ id: cell.model.sharedModel.getId(), request: liveRequest(cell) }));
  if (running.length === 0) return;
  try {
    sessionStorage.setItem(key(context, kernel), JSON.stringify({ at: Date.now(), running }));
  } catch {
    // Storage is full or forbidden. The user sees that the cells did not run.
  }
}

/** The ids of the cells whose requests never came to the broker. They are told only once. */
export function takeLost(context, kernel, cells, runs) {
  let noted = null;
  try {
    noted = JSON.parse(sessionStorage.getItem(key(context, kernel)));
    sessionStorage.removeItem(key(context, kernel));
  } catch {
    // As above.
  }
  if (noted === null || Date.now() - noted.at > TRUSTED_MS) return [];
  const ids = new Set(cells.map((cell) => cell.model.sharedModel.getId()));
  const known = new Set(runs.map((run) => run.msg_id));
  return noted.running
    .filter(({ id, request }) => ids.has(id) && !known.has(request))
    .map(({ id }) => id);
}

/** Say that cells were lost, and offer to run them. */
export function tellOfLost(app, context, ids) {
  const which = ids.length === 1 ? "1 cell was" : `${ids.length} cells were`;
  const message = `${which} not sent to the kernel before the page was reloaded.`;
  if (!app.commands.hasCommand(NOTIFY)) {
    console.info(`jupyter_comm_broker: ${context.path}: ${message}`);
    return;
  }
  const args = { path: context.path, cells: ids };
  const actions = [{ label: "Run them", commandId: COMMAND, args }];
  app.commands.execute(NOTIFY, { message, type: "warning", options: { autoClose: false, actions } });
}

/** Add the command of the notification. `panels` are the notebooks that are open. */
export function addRunLost(app, panels) {
  app.commands.addCommand(COMMAND, {
    label: "Run the cells that were lost in a reload",
    async execute({ path, cells }) {
      const panel = [...panels].find((each) => each.context.path === path);
      if (!panel) return;
      await show(app.shell, panel);
      const notebook = panel.content;
      const lost = notebook.widgets.filter((cell) => cells.includes(cell.model.sharedModel.getId()));
      if (lost.length === 0) return;
      notebook.deselectAll();
      notebook.activeCellIndex = notebook.widgets.indexOf(lost[0]);
      lost.slice(1).forEach((cell) => notebook.select(cell));
      await app.commands.execute("notebook:run-cell");
    },
  });
}

/** Bring a panel to the front. Commands act on the one that is there. */
async function show(shell, panel) {
  if (shell.currentWidget === panel) return;
  const changed = new Promise((resolve) => {
    const slot = () => {
      shell.currentChanged.disconnect(slot);
      resolve();
    };
    shell.currentChanged.connect(slot);
  });
  shell.activateById(panel.id);
  await changed;
}
