// Output widgets of a page that attached to a run do not collect what the run prints.
//
// The broker collects it for them and sends them the result. If they asked the connection for the
// messages as well, each line would be there twice.

/** By connection, the ids of these runs. */
const attached = new WeakMap();

export function keepFromWidgets(kernel, msgId) {
  if (!attached.has(kernel)) {
    const ids = new Set();
    attached.set(kernel, ids);
    const register = kernel.registerMessageHook.bind(kernel);
    kernel.registerMessageHook = (id, hook) => {
      if (!ids.has(id)) register(id, hook);
    };
  }
  attached.get(kernel).add(msgId);
}
