/** What is saved may be so much older than its file. */
const SAVING_MS = 2000;

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
  // In the order of sending: the later one counts.
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
 * Whether the cell needs the run. `known` is until when the page knows outputs (when its file was
 * saved). While it is `busy`, a run may update the displays of one that ended. `isFresh`: the file
 * is older than the run.
 */
export function needs(cell, run, known, busy, isFresh) {
  if (isLive(run)) return true;
  // It never began, or it ran what is no longer in the cell.
  if (run.state === "lost" && !run.began_at) return false;
  if (isFresh && run.code_sum != null && run.code_sum !== sum(cell)) return false;
  if (isNews(run, known, cell)) return true;
  // The file has more of it.
  if (run.bytes_dropped > 0) return false;
  const { executionCount: count, outputs } = cell.model;
  // The page that saved the file showed [*] then: there is output, or it was saved at the end.
  const showedStar = outputs.length > 0 || Date.parse(run.changed_at) > known - SAVING_MS;
  if (count === null && showedStar) return run.state === "ended" && !!run.execution_count;
  // If somebody cleared the outputs, they must not come back.
  return run.has_displays && busy && count !== null && count === run.execution_count;
}

/** The Adler-32 checksum of the cell's source. */
function sum(cell) {
  let [a, b] = [1, 0];
  for (const byte of new TextEncoder().encode(cell.model.sharedModel.getSource())) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}

export function isNews(run, known, cell) {
  // Another page may have saved the file after this one read it.
  const isShown = run.is_saved && cell?.model.executionCount === run.execution_count;
  return isLive(run) || (!isShown && Date.parse(run.changed_at) > known);
}
