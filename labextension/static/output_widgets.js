// Output widgets of a page that attached to a run do not collect what the run prints.
//
// An Output widget asks the kernel's connection for the messages of the request that fills it. The
// broker collects them for a run that pages attached to, and sends the widget the result. If the
// page collected them as well, each line would be there twice.

/** By connection, the runs that this page attached to. */
const attached = new WeakMap();

/** Let no widget take the messages of this run. */
export function keepFromWidgets(kernel, msgId) {
  const ids = attached.get(kernel) || new Set();
  if (!attached.has(kernel)) {
    attached.set(kernel, ids);
    const register = kernel.registerMessageHook.bind(kernel);
    kernel.registerMessageHook = (id, hook) => {
      if (!ids.has(id)) register(id, hook);
    };
  }
  ids.add(msgId);
}
