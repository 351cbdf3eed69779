// Output widgets of a page that attached to a run do not collect what the run prints.
//
// The broker collects it for them. If they asked the connection as well, each line came twice.

const idsOf = new WeakMap();

export function keepFromWidgets(kernel, msgId) {
  if (!idsOf.has(kernel)) {
    const ids = new Set();
    idsOf.set(kernel, ids);
    const register = kernel.registerMessageHook.bind(kernel);
    kernel.registerMessageHook = (id, hook) => {
      if (!ids.has(id)) register(id, hook);
    };
  }
  idsOf.get(kernel).add(msgId);
}
