// JupyterLab before 4.3 has no executionState.

export function showRunning(cell) {
  if ("executionState" in cell.model) cell.model.executionState = "running";
  else cell.setPrompt("*");
}

/** Without a count it is [ ]. */
export function showEnded(cell, count) {
  cell.model.executionCount = count;
  if ("executionState" in cell.model) cell.model.executionState = "idle";
  else cell.setPrompt(String(count || ""));
}

export function showsRunning(cell) {
  if ("executionState" in cell.model) return cell.model.executionState === "running";
  return cell.prompt === "*";
}
