export function pageConfig() {
  return JSON.parse(document.getElementById("jupyter-config-data").textContent);
}

/** Whether the server has a broker that keeps runs. Without it the page must not ask. */
export function hasRuns() {
  return String(pageConfig().commBrokerRuns) === "1";
}

/**
 * Whether another extension runs the cells, so that outputs are its business.
 *
 * There can be only one, so it switches JupyterLab's own off, as jupyter-server-nbmodel does.
 */
export function hasOtherExecutor() {
  const off = pageConfig().disabledExtensions || [];
  return ["@jupyterlab/notebook-extension", "@jupyterlab/notebook-extension:cell-executor"].some(
    (id) => off.includes(id),
  );
}
