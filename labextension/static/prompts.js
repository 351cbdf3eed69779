// How a cell shows that it runs, in JupyterLab 4.3 and later and before that.

/** Show [*]. */
export function showRunning(cell) {
  if ("executionState" in cell.model) cell.model.executionState = "running";
  else cell.setPrompt("*");
}

/** Show [n], or [ ] without a count. */
export function showEnded(cell, count) {
  cell.model.executionCount = count;
  // A count that stays null changes nothing that would take the star away.
  if ("executionState" in cell.model) cell.model.executionState = "idle";
  else cell.setPrompt(String(count || ""));
}

/** Whether the cell shows [*]. */
export function showsRunning(cell) {
  if ("executionState" in cell.model) return cell.model.executionState === "running";
  return cell.prompt === "*";
}
