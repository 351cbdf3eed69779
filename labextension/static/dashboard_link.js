// The Help menu has this command by the schema of the plug-in.
import { pageConfig } from "./page_config.js";

export default {
  id: "jupyter_comm_broker:plugin",
  description: "Opens the comm broker's dashboard.",
  autoStart: true,
  activate(app) {
    app.commands.addCommand("jupyter_comm_broker:open-dashboard", {
      label: "Comm Broker Dashboard",
      caption: "See every live widget and comm of this server",
      execute() {
        window.open(`${pageConfig().baseUrl}comm-broker`, "_blank", "noopener");
      },
    });
  },
};
