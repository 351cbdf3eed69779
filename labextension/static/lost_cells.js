// Cells that the page marked with [*] but had not sent when it was left: its connection was down.
import { liveRequest } from "./attached_cell.js";
import { notify } from "./notify.js";
import { showsRunning } from "./prompts.js";

const COMMAND = "jupyter_comm_broker:run-lost-cells";
const TRUSTED_MS = 10 * 60 * 1000;

const idOf = (cell) => cell.model.sharedModel.getId();

const key = (context, kernel) => `jupyter_comm_broker:running:${kernel.id}:${context.path}`;

export function noteRunning(context, kernel, cells) {
  const running = cells
    .filter((cell) => showsRunning(cell) && liveRequest(cell))
    .map((cell) => ({ id: idOf(cell), request: liveRequest(cell) }));
  if (running.length === 0) return;
  try {
    sessionStorage.setItem(key(context, kernel), JSON.stringify({ at: Date.now(), running }));
  } catch {} // Storage is full or forbidden.
}

/** The cells whose requests the server does not know. */
export function takeLost(context, kernel, cells, knows) {
  let noted = null;
  try {
    noted = JSON.parse(sessionStorage.getItem(key(context, kernel)));
    // They are told of once.
    sessionStorage.removeItem(key(context, kernel));
  } catch {}
  if (noted === null || Date.now() - noted.at > TRUSTED_MS) return [];
  const ids = new Set(cells.map(idOf));
  return noted.running
    .filter(({ id, request }) => ids.has(id) && !knows.has(request))
    .map(({ id }) => id);
}

export function tellOfLost(app, context, ids) {
  const which = ids.length === 1 ? "1 cell was" : `${ids.length} cells were`;
  const message = `${which} not sent to the kernel before the reload.`;
  const args = { path: context.path, cells: ids };
  notify(app, message, [{ label: "Run them", commandId: COMMAND, args }]);
}

export function addRunLost(app, panels) {
  app.commands.addCommand(COMMAND, {
    label: "Run the cells that were lost in a reload",
    async execute({ path, cells }) {
      const panel = [...panels].find((each) => each.context.path === path);
      if (!panel) return;
      const { recordTiming } = panel.content.notebookConfig;
      const lost = panel.content.widgets.filter((cell) => cells.includes(idOf(cell)));
      // This is CodeCell.execute. Commands run what is selected in the notebook in front.
      const ran = lost.map((cell) =>
        cell.constructor.execute(cell, panel.context.sessionContext, { recordTiming }),
      );
      await Promise.allSettled(ran);
    },
  });
}
