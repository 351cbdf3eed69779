// One preview at work: feeds the frame with states and changes, and sends on what its widgets send, to their own comms only.
import { ApiError } from "../api/request";
import type { BrokerEvent, MessagePassed, StateChanged } from "../api/event_shapes";
import { drawable, referencesIn } from "./graph";
import { IncomingChanges } from "./incoming";
import { KnownModels, type Ask } from "./known";
import { BUSY_AFTER, LEAST_HEIGHT, MOST_A_SECOND, MOST_HEIGHT } from "./limits";
import { received, type FromFrame, type ShownModel, type ToFrame } from "./messages";
import { keysOf, OutgoingQueue, type Outgoing } from "./outgoing";
import { Refusal } from "./refusal";

/** What a session needs of the server. */
export interface KernelPort {
  readonly ask: Ask;
  /** Send a message, and return when the kernel is done with it. Throws ApiError. */
  readonly send: (message: Outgoing) => Promise<void>;
  /** Be told of events; returns when it is certain that none is missed from now on. */
  readonly watch: (withMessages: boolean, onEvents: (events: readonly BrokerEvent[]) => void) => Promise<() => void>;
}

/** What people are told. */
export type Said =
  | { readonly kind: "shown" }
  | { readonly kind: "height"; readonly pixels: number }
  /** Something that is as it is until the next note; empty where that is over. */
  | { readonly kind: "note"; readonly text: string }
  /** There is no preview, or no longer. */
  | { readonly kind: "ended"; readonly text: string };

const READ_ONLY = "You may look at this widget but not use it: your login has no right to write to comms.";
const BUSY = "The kernel is busy; what you do here waits until it is free.";

export class PreviewSession {
  readonly #known: KnownModels;
  readonly #incoming: IncomingChanges;
  readonly #outgoing: OutgoingQueue;
  /** What the frame has been given. */
  readonly #inFrame = new Set<string>();
  /** Attributes that somebody touched in the frame and the kernel may not have settled. */
  readonly #touched = new Map<string, Set<string>>();
  /** The number of each widget's last message. */
  readonly #heard = new Map<string, number>();
  /** Attributes with references that changed, and wait until what they refer to is known. */
  readonly #rewired = new Map<string, Set<string>>();
  readonly #reading = new Map<string, "once" | "again">();
  #unwatch: (() => void) | undefined;
  #isRewiring = false;
  #isOver = false;
  #second = 0;
  #inSecond = 0;

  constructor(
    private readonly kernel: KernelPort,
    private readonly root: string,
    private mayWrite: boolean,
    private readonly toFrame: (message: ToFrame) => void,
    private readonly say: (said: Said) => void,
  ) {
    this.#known = new KnownModels(kernel.ask);
    this.#incoming = new IncomingChanges(toFrame, (id) => this.#heard.get(id) ?? 0);
    this.#outgoing = new OutgoingQueue({ send: (message) => this.#send(message), finished: this.#finished });
  }

  /** Read what is to be shown, and show it. */
  async start(): Promise<void> {
    await this.#guarded(async () => {
      await this.#watch(false);
      await this.#read(this.root);
      if (!this.#known.has(this.root)) throw new Refusal("The broker does not know this widget's state, so that there is nothing to draw.");
      if (!hasLooks(this.#known.states().get(this.root)?._view_name)) throw new Refusal("This is a part of other widgets, such as their layout or style: it has no looks of its own.");
      await this.#readReferences();
      // Only code of third parties is told messages of its own making; they are as many as all others together.
      if ([...this.#known.modules()].some((module) => !module.startsWith("@jupyter-widgets/"))) await this.#watch(true);
      if (this.#isOver) return;
      this.toFrame({ kind: "show", root: this.root, models: this.#newModels() });
      if (!this.mayWrite) this.#note(READ_ONLY);
    });
  }

  /** Whether who looks may write: that may be told later. */
  allow(mayWrite: boolean): void {
    this.mayWrite = mayWrite;
    if (mayWrite) this.#note("", READ_ONLY);
  }

  /** End it. */
  stop(): void {
    this.#isOver = true;
    this.#unwatch?.();
    this.#outgoing.clear();
  }

  /** Take what the frame says, whatever that is. */
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
        return this.#incoming.applied(message.number);
      case "height":
        return this.say({ kind: "height", pixels: Math.min(Math.max(Math.ceil(message.pixels), LEAST_HEIGHT), MOST_HEIGHT) });
      case "blocked":
        return this.#note(blocked(message.address));
      case "send":
        return this.#sent({ id: message.id, data: message.data, buffers, numbers: [message.number] });
    }
  }

  #sent(message: Outgoing): void {
    if (!this.#inFrame.has(message.id) || !this.#known.has(message.id)) return this.#end("The widget's code wrote to a comm that is not part of this preview.");
    const keys = keysOf(message.data);
    for (const number of message.numbers) this.#heard.set(message.id, number);
    this.#incoming.drop(message.id, keys);
    if (!this.mayWrite) {
      this.#note(READ_ONLY);
      // Springs back: the attributes are set to what they are.
      this.#rewire(message.id, keys);
      return this.toFrame({ kind: "done", numbers: message.numbers });
    }
    const touched = this.#touched.get(message.id) ?? new Set();
    for (const key of keys) touched.add(key);
    this.#touched.set(message.id, touched);
    if (!this.#outgoing.push(message)) {
      this.#note("The widget sends faster than the kernel takes it; some of its messages were not sent.");
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
      // It is on its way: what the kernel makes of it comes as an event.
      this.#touched.delete(message.id);
      return;
    }
    if (failure instanceof ApiError && failure.reason === "not authorized") {
      this.mayWrite = false;
      this.#note(READ_ONLY);
    } else if (failure) {
      this.#note(`That was not sent: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
    if (last) void this.#guarded(() => this.#settle(message.id));
  };

  /** The kernel is done with what was done in the frame: what it made of it counts, whatever came meanwhile. */
  async #settle(id: string): Promise<void> {
    const touched = this.#touched.get(id);
    if (!touched || !this.#known.has(id)) return;
    const changed = (await this.#read(id)) ?? [];
    if (this.#outgoing.isBusy(id)) return this.#rewire(id, changed.filter((key) => !touched.has(key)));
    this.#touched.delete(id);
    this.#rewire(id, [...touched, ...changed]);
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
        return this.#changed(event.data);
      case "message":
        return this.#passed(event.data);
      case "closed":
        return this.#closed(event.data.comm_id, event.data.reason);
      case "kernel":
        return this.#end(`The kernel's process ended (${event.data.state}), and its widgets with it.`);
      case "resync":
        for (const id of this.#known.ids()) this.#reread(id);
    }
  }

  #changed(change: StateChanged): void {
    const id = change.comm_id;
    if (!this.#known.change(id, change.sequence, change.attributes)) return;
    this.#rewire(id, Object.keys(change.attributes));
    // Buffers and long values are not in the event.
    if (change.buffers.length || change.omitted.length) this.#reread(id);
  }

  #passed(message: MessagePassed): void {
    if (message.direction !== "from_kernel" || message.method !== "custom" || !this.#inFrame.has(message.comm_id)) return;
    if (message.buffers.length || message.cut !== null) return this.#note("The kernel sent this widget something that a preview is not told: a message with binary parts, or a long one.");
    this.toFrame({ kind: "custom", id: message.comm_id, content: (message.data as { content?: unknown }).content });
  }

  #closed(id: string, reason: string): void {
    if (!this.#known.has(id)) return;
    if (id === this.root) return this.#end(reason ? `This widget is gone: ${reason}.` : "This widget is gone.");
    this.#known.forget(id);
    this.#incoming.forget(id);
    if (this.#inFrame.delete(id)) this.toFrame({ kind: "closed", id });
  }

  /** Ask for a widget anew, once for all the reasons there are meanwhile. */
  #reread(id: string): void {
    const reads = this.#reading.has(id);
    this.#reading.set(id, reads ? "again" : "once");
    if (reads) return;
    void this.#guarded(async () => {
      const changed = await this.#read(id);
      const again = this.#reading.get(id) === "again" || (changed === undefined && this.#known.has(id));
      this.#reading.delete(id);
      if (changed) this.#rewire(id, changed);
      if (again) this.#reread(id);
    });
  }

  // -- what is known, and what the frame has -----------------------------------------------------

  /** Pass attributes on, as they are known by then. */
  #rewire(id: string, keys: Iterable<string>): void {
    const touched = this.#touched.get(id);
    const free = [...keys].filter((key) => !touched?.has(key));
    if (!free.length || !this.#inFrame.has(id)) return;
    const change = this.#known.picked(id, free);
    void this.#guarded(async () => {
      if (!referencesIn(change.state).length) return this.#incoming.add(change);
      const waiting = this.#rewired.get(id) ?? new Set();
      for (const key of free) waiting.add(key);
      this.#rewired.set(id, waiting);
      await this.#rewireAll();
    });
  }

  async #rewireAll(): Promise<void> {
    if (this.#isRewiring) return;
    this.#isRewiring = true;
    try {
      while (this.#rewired.size && !this.#isOver) {
        const rewired = new Map(this.#rewired);
        this.#rewired.clear();
        await this.#readReferences();
        const added = this.#newModels();
        if (added.length) this.toFrame({ kind: "add", models: added });
        const states = drawable(this.root, this.#known.states());
        for (const [id, keys] of rewired) {
          const change = this.#known.picked(id, keys);
          const state = states.get(id);
          const drawn = state ? Object.fromEntries(Object.keys(change.state).map((key) => [key, state[key]])) : change.state;
          this.#incoming.add({ ...change, state: drawn });
        }
      }
    } finally {
      this.#isRewiring = false;
    }
  }

  /** Read what is referred to and not known, level by level. */
  async #readReferences(): Promise<void> {
    const asked = new Set<string>();
    for (;;) {
      const missing = new Set<string>();
      for (const state of this.#known.states().values()) {
        for (const id of referencesIn(state)) if (!this.#known.has(id) && !asked.has(id)) missing.add(id);
      }
      if (!missing.size || this.#isOver) return;
      const open = [...missing];
      const reader = async (): Promise<void> => {
        for (let id = open.pop(); id !== undefined && !this.#isOver; id = open.pop()) {
          asked.add(id);
          await this.#read(id);
        }
      };
      await Promise.all([reader(), reader(), reader()]);
    }
  }

  /** Ask for a widget; one that is gone is none. */
  async #read(id: string): Promise<string[] | undefined> {
    try {
      return await this.#known.read(id);
    } catch (error) {
      const isGone = error instanceof ApiError && (error.status === 404 || error.status === 410);
      if (!isGone || id === this.root) throw error;
      return undefined;
    }
  }

  /** What is to be drawn and not in the frame yet. */
  #newModels(): ShownModel[] {
    const found: ShownModel[] = [];
    for (const [id, state] of drawable(this.root, this.#known.states())) {
      const model = this.#inFrame.has(id) ? undefined : this.#known.shown(id, state);
      if (model) found.push(model);
    }
    for (const model of found) this.#inFrame.add(model.id);
    return found;
  }

  // -- what people are told ----------------------------------------------------------------------

  #lastNote = "";

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

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof Refusal || error instanceof ApiError) this.#end(error.message);
      else {
        this.#end("The preview failed; the browser's console says where.");
        throw error;
      }
    }
  }
}

/** Whether a model's view is something to look at, and not a part of what others look like. */
function hasLooks(viewName: unknown): boolean {
  return typeof viewName === "string" && !["", "LayoutView", "StyleView"].includes(viewName);
}

/** What is said of something that the frame's policy kept from happening. */
function blocked(address: string): string {
  if (address === "inline") return "A script stands in what this widget shows; it does not run here.";
  return `The widget's code wanted to load ${placeIn(address)}; a preview has no network.`;
}

/** The host of an address, or what it begins with. */
function placeIn(address: string): string {
  try {
    const { protocol, host } = new URL(address);
    return host || protocol;
  } catch {
    return address.slice(0, 40) || "something";
  }
}
