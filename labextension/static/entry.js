// The form of a built extension: JupyterLab calls init(), and asks get() for the plug-ins.
(() => {
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["jupyter_comm_broker"] = {
    init() {},
    async get() {
      const modules = [import("./dashboard_link.js"), import("./running_cells.js")];
      const plugins = (await Promise.all(modules)).map((module) => module.default);
      return () => ({ __esModule: true, default: plugins });
    },
  };
})();
