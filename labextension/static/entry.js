// What JupyterLab and Notebook 7 load of this package: the one script that its package.json names.
//
// Written by hand in the form of a built extension, as it uses nothing that would have to be shared:
// JupyterLab loads this script, calls init() with what others share, and asks get() for the
// plug-ins. Each plug-in is a module beside this script.
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
