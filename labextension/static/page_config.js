// What the server wrote into the page.

/** The settings of this page. */
export function pageConfig() {
  return JSON.parse(document.getElementById("jupyter-config-data").textContent);
}

/** Whether the server has a broker that keeps runs. Without it the page must not ask for them. */
export function hasRuns() {
  return String(pageConfig().commBrokerRuns) === "1";
}

/**
 * Whether another extension runs the cells, so that their outputs are its business.
 *
 * Only one extension can be the executor. Each that wants to be it (jupyter-server-nbmodel,
 * jupyter-server-documents) switches JupyterLab's own off, in the page's settings.
 */
export function hasOtherExecutor() {
  const off = pageConfig().disabledExtensions || [];
  return ["@jupyterlab/notebook-extension", "@jupyterlab/notebook-extension:cell-executor"].some(
    (id) => off.includes(id),
  );
}
