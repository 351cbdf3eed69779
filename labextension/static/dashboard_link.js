// A command that opens the dashboard; the Help menu has it by the schema beside this file.
//
// Written by hand in the form of a built extension, as it uses nothing that would have to be shared:
// JupyterLab loads this script, calls init() with what others share, and asks get() for the plugin.
(() => {
  const plugin = {
    id: "jupyter_comm_broker:plugin",
    description: "Opens the comm broker's dashboard.",
    autoStart: true,
    activate(app) {
      app.commands.addCommand("jupyter_comm_broker:open-dashboard", {
        label: "Comm Broker Dashboard",
        caption: "See every live widget and comm of this server",
        execute() {
          const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
          window.open(`${config.baseUrl}comm-broker`, "_blank", "noopener");
        },
      });
    },
  };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["jupyter_comm_broker"] = {
    init() {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
