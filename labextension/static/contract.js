// The messages of docs/topics/running-cells.md.

const VERSION = 1;

/** Does nothing, should a kernel get it. */
const NOTHING = {
  code: "",
  silent: true,
  store_history: false,
  user_expressions: {},
  allow_stdin: true,
  stop_on_error: false,
};

let asked = 0;

function request(kernel, msgId, question) {
  return {
    channel: "shell",
    header: {
      msg_id: msgId,
      msg_type: "execute_request",
      session: kernel.clientId,
      username: kernel.username,
      version: "5.3",
      date: new Date().toISOString(),
    },
    parent_header: {},
    metadata: { comm_broker: { version: VERSION, ...question } },
    content: NOTHING,
    buffers: [],
  };
}

/** Ask which runs there are. `answered` gets the answer, if it is a broker's. */
export function askForRuns(kernel, withCode, answered) {
  asked += 1;
  const question = { ask: "runs", code: withCode };
  const message = request(kernel, `${kernel.clientId}_runs_${asked}`, question);
  const future = kernel.sendShellMessage(message, true);
  // Not at the idle: the busy indicator would see no execution until the page attaches.
  future.onReply = (reply) => {
    const answer = reply.content.comm_broker;
    if (answer && answer.version === VERSION) answered(answer);
  };
}

/** Attach to a run. The future has its id, so it gets all that the kernel says of it. */
export function attachTo(kernel, msgId) {
  // As for a cell that is run: a future that is done still takes updates of its displays.
  return kernel.sendShellMessage(request(kernel, msgId, { ask: "attach" }), true, false);
}

export function saidBy(message) {
  return message.content.comm_broker;
}
