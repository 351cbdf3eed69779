const NOTIFY = "apputils:notify";

/** Tell the user something, on the console where there are no notifications. */
export function notify(app, message, actions = []) {
  if (!app.commands.hasCommand(NOTIFY)) {
    console.info(`jupyter_comm_broker: ${message}`);
    return;
  }
  const options = { autoClose: false, actions };
  app.commands.execute(NOTIFY, { message, type: "warning", options });
}
