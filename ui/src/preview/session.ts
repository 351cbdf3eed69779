// One running preview. It gives states and changes to the frame, and sends the widgets' messages, only on their own comms.
import { ApiError } from "../api/request";
import type { BrokerEvent, MessagePassed } from "../api/event_shapes";
import { DrawnModels } from "./drawn";
import type { Ask } from "./known";
import { BUSY_AFTER, LEAST_HEIGHT, MOST_A_SECOND, MOST_HEIGHT } from "./limits";
import { received, type FromFrame, type ToFrame } from "./messages";
import { keysOf, OutgoingQueue, type Outgoing } from "./outgoing";
import { Refusal } from "./refusal";
import { blocked, BUSY, NOT_TOLD, READ_ONLY, STRANGER, TOO_FAST, type Said } from "./said";

/** What a session needs from the server. */
export interface KernelPort {
  readonly ask: Ask;
  /** Send a message, and return when the kernel is done with it. Throws ApiError. */
  readonly send: (message: Outgoing) => Promise<void>;
  /** Follow events. Returns when no event can be missed any more. */
  readonly watch: (withMessages: boolean, onEvents: (events: readonly BrokerEvent[]) => void) => Promise<() => void>;
}

export class PreviewSession {
  readonly #drawn: DrawnModels;
  readonly #outgoing: OutgoingQueue;
  /** Attributes that the user changed in the frame, and that the kernel may not have handled yet. */
  readonly #touched = new Map<string, Set<string>>();
  /** The number of each widget's last message. */
  readonly #heard = new Map<string, number>();
  #unwatch: (() => void) | undefined;
  #isOver = false;
  #second = 0;
  #inSecond = 0;
  #lastNote = "";

  constructor(
    private readonly kernel: KernelPort,
    private readonly root: string,
    private mayWrite: boolean,
    private readonly toFrame: (message: ToFrame) => void,
    private readonly say: (said: Said) => void,
  ) {
    this.#drawn = new DrawnModels(root, {
      ask: kernel.ask,
      toFrame,
      isFree: (id, key) => !this.#touched.get(id)?.has(key),
      heard: (id) => this.#heard.get(id) ?? 0,
      attempt: (work) => this.#attempt(work),
    });
    this.#outgoing = new OutgoingQueue({ send: (message) => this.#send(message), finished: this.#finished });
  }

  /** Fetch the widgets and show them. */
  async start(): Promise<void> {
    await this.#attempt(async () => {
      await this.#watch(false);
      const modules = await this.#drawn.read();
      // Only widgets of third parties need custom messages, which are as many as all other events.
      if ([...modules].some((module) => !module.startsWith("@jupyter-widgets/"))) await this.#watch(true);
      if (this.#isOver) return;
      this.#drawn.show();
      if (!this.mayWrite) this.#note(READ_ONLY);
    });
  }

  /** Whether the user may write. This may become known later. */
  allow(mayWrite: boolean): void {
    this.mayWrite = mayWrite;
    if (mayWrite) this.#note("", READ_ONLY);
  }

  /** End the preview. */
  stop(): void {
    this.#isOver = true;
    this.#unwatch?.();
    this.#drawn.stop();
    this.#outgoing.clear();
  }

  /** Handle a message from the frame, which may be anything. */
  fromFrame(data: unknown): void {
    if (this.#isOver) return;
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) [this.#second, this.#inSecond] = [second, 0];
    if ((this.#inSecond += 1) > MOST_A_SECOND) return this.#end(`The widget's code sends more than ${MOST_A_SECOND} messages a second.`);
    const found = received(data);
    if (typeof found === "string") return this.#end(`The widget's code sent ${found}.`);
    this.#take(found.message, found.buffers);
  }

  // -- from the frame ----------------------------------------------------------------------------

  #take(message: FromFrame, buffers: readonly ArrayBuffer[]): void {
    switch (message.kind) {
      case "shown":
        return this.say({ kind: "shown" });
      case "applied":
        return this.#drawn.applied(message.number);
      case "height":
        return this.say({ kind: "height", pixels: Math.min(Math.max(Math.ceil(message.pixels), LEAST_HEIGHT), MOST_HEIGHT) });
      case "blocked":
        return this.#note(blocked(message.address));
      case "send":
        return this.#sent({ id: message.id, data: message.data, buffers, numbers: [message.number] });
    }
  }

  #sent(message: Outgoing): void {
    if (!this.#drawn.had(message.id)) return this.#end(STRANGER);
    const keys = keysOf(message.data);
    for (const number of message.numbers) this.#heard.set(message.id, number);
    this.#drawn.touch(message.id, keys);
    if (!this.mayWrite || !this.#drawn.has(message.id)) {
      if (!this.mayWrite) this.#note(READ_ONLY);
      // The widget springs back: its attributes are set to their true values.
      this.#drawn.pass(message.id, keys);
      return this.toFrame({ kind: "done", numbers: message.numbers });
    }
    const touched = this.#touched.get(message.id) ?? new Set();
    for (const key of keys) touched.add(key);
    this.#touched.set(message.id, touched);
    if (!this.#outgoing.push(message)) {
      this.#note(TOO_FAST);
      this.toFrame({ kind: "done", numbers: message.numbers });
    }
  }

  async #send(message: Outgoing): Promise<void> {
    const busy = setTimeout(() => this.#note(BUSY), BUSY_AFTER);
    try {
      await this.kernel.send(message);
      this.#note("", BUSY);
    } finally {
      clearTimeout(busy);
    }
  }

  #finished = (message: Outgoing, last: boolean, failure: unknown): void => {
    if (this.#isOver) return;
    this.toFrame({ kind: "done", numbers: message.numbers });
    if (failure instanceof ApiError && failure.status === 504) {
      // The message is on its way. Its result comes as an event.
      this.#touched.delete(message.id);
      return;
    }
    if (failure instanceof ApiError && failure.reason === "not authorized") {
      this.mayWrite = false;
      this.#note(READ_ONLY);
    } else if (failure) {
      this.#note(`Your change was not sent: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
    if (last) void this.#attempt(() => this.#settle(message.id));
  };

  /** The kernel is done with a change in the frame. Now the kernel's values count. */
  async #settle(id: string): Promise<void> {
    const touched = this.#touched.get(id);
    if (!touched) return;
    const changed = await this.#drawn.ask(id);
    // Changed again meanwhile, so it is settled after that change.
    if (!this.#outgoing.isBusy(id)) this.#touched.delete(id);
    this.#drawn.pass(id, [...touched, ...changed]);
  }

  // -- from the kernel ---------------------------------------------------------------------------

  async #watch(withMessages: boolean): Promise<void> {
    const unwatch = await this.kernel.watch(withMessages, (events) => {
      for (const event of events) if (!this.#isOver) this.#happened(event);
    });
    this.#unwatch?.();
    this.#unwatch = unwatch;
    if (this.#isOver) unwatch();
  }

  #happened(event: BrokerEvent): void {
    switch (event.type) {
      case "state":
        return this.#drawn.change(event.data);
      case "message":
        return this.#passed(event.data);
      case "closed":
        return this.#closed(event.data.comm_id, event.data.reason);
      case "kernel":
        return this.#end(`The kernel's process ended (${event.data.state}), and its widgets with it.`);
      case "resync":
        return this.#drawn.missed();
    }
  }

  #passed(message: MessagePassed): void {
    if (message.direction !== "from_kernel" || message.method !== "custom" || !this.#drawn.has(message.comm_id)) return;
    if (message.buffers.length || message.cut !== null) return this.#note(NOT_TOLD);
    this.toFrame({ kind: "custom", id: message.comm_id, content: (message.data as { content?: unknown }).content });
  }

  #closed(id: string, reason: string): void {
    if (id === this.root) this.#end(reason ? `This widget is closed: ${reason}.` : "This widget is closed.");
    else this.#drawn.close(id);
  }

  // -- what people are told ----------------------------------------------------------------------

  #note(text: string, insteadOf = this.#lastNote): void {
    if (this.#isOver || text === this.#lastNote || insteadOf !== this.#lastNote) return;
    this.#lastNote = text;
    this.say({ kind: "note", text });
  }

  #end(text: string): void {
    if (this.#isOver) return;
    this.stop();
    this.say({ kind: "ended", text });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Refusal || error instanceof ApiError) this.#end(error.message);
      else {
        this.#end("The preview failed. The browser's console has the details.");
        throw error;
      }
    }
  }
}
