export function isLive(run) {
  return run.state === "queued" || run.state === "running";
}

/**
 * The latest run of each cell, as a map, and the runs that may belong to several cells.
 *
 * `idsChange`: before nbformat 4.5 cells have another id each time the notebook is loaded. There a
 * run also matches by its source, if only one cell has it.
 */
export function match(runs, cells, idsChange) {
  const byId = new Map(cells.map((cell) => [cell.model.sharedModel.getId(), cell]));
  const found = new Map();
  const others = new Map();
  // In the order in which they were sent: the later one counts.
  for (const run of runs) {
    if (!run.cell_id) continue;
    const cell = byId.get(run.cell_id);
    if (cell) found.set(cell, run);
    else if (run.code) others.set(run.code, [...(others.get(run.code) || []), run]);
  }
  const unclear = [];
  for (const [code, same] of idsChange ? others : []) {
    const having = cells.filter((cell) => cell.model.sharedModel.getSource() === code);
    const going = new Set(same.filter(isLive).map((run) => run.cell_id));
    if (having.length > 1 || going.size > 1) unclear.push(...same);
    else if (having.length === 1 && !found.has(having[0])) found.set(having[0], same.at(-1));
  }
  return { found, unclear };
}

/**
 * Whether the cell needs the run.
 *
 * `known` is until when the page knows outputs, by the server's clock: when its file was saved.
 * `busy` says that some run goes on: it may update the displays of one that ended.
 */
export function needs(cell, run, known, busy) {
  if (isLive(run) || isNews(run, known)) return true;
  // If somebody cleared the outputs, they must not come back.
  const count = cell.model.executionCount;
  return run.has_displays && busy && count !== null && count === run.execution_count;
}

/** Whether the run has output that the file does not have. */
export function isNews(run, known) {
  return isLive(run) || (!run.is_saved && Date.parse(run.changed_at) > known);
}
