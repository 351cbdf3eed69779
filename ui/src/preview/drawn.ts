// The widgets of one preview: what is known of them, what they refer to, and what the frame has.
import type { StateChanged } from "../api/event_shapes";
import { ApiError } from "../api/request";
import { drawable, referencesIn } from "./graph";
import { IncomingChanges } from "./incoming";
import { KnownModels, type Ask } from "./known";
import type { ShownModel, ToFrame } from "./messages";
import { Refusal } from "./refusal";
import { NO_LOOKS, UNKNOWN } from "./said";

export interface DrawnPort {
  readonly ask: Ask;
  readonly toFrame: (message: ToFrame) => void;
  /** Whether the kernel may change an attribute, because the user has not just changed it in the frame. */
  readonly isFree: (id: string, key: string) => boolean;
  /** The number of a widget's last message. */
  readonly heard: (id: string) => number;
  /** Run work that may fail. A failure ends the preview. */
  readonly attempt: (work: () => Promise<void>) => Promise<void>;
}

export class DrawnModels {
  readonly #known: KnownModels;
  readonly #incoming: IncomingChanges;
  /** The widgets that the frame was ever given. */
  readonly #given = new Set<string>();
  /** Changed attributes that wait until the widgets that they refer to are known. */
  readonly #rewired = new Map<string, Set<string>>();
  readonly #reading = new Map<string, "once" | "again">();
  #isRewiring = false;
  #isOver = false;

  constructor(
    private readonly root: string,
    private readonly port: DrawnPort,
  ) {
    this.#known = new KnownModels(port.ask);
    this.#incoming = new IncomingChanges(port.toFrame, port.heard);
  }

  /** Read the root and all widgets that it refers to. Returns the modules that draw them. Throws a Refusal if there is nothing to draw. */
  async read(): Promise<ReadonlySet<string>> {
    await this.#read(this.root);
    const state = this.#known.states().get(this.root);
    if (!state) throw new Refusal(UNKNOWN);
    if (!hasLooks(state._view_name)) throw new Refusal(NO_LOOKS);
    await this.#readReferences();
    return this.#known.modules();
  }

  /** Send the widgets to the frame. */
  show(): void {
    this.port.toFrame({ kind: "show", root: this.root, models: this.#newModels() });
  }

  /** Whether the frame has a widget that is still open. */
  has(id: string): boolean {
    return this.#given.has(id) && this.#known.has(id);
  }

  /** Whether the frame was ever given a widget. It may not know yet that the widget is closed. */
  had(id: string): boolean {
    return this.#given.has(id);
  }

  stop(): void {
    this.#isOver = true;
  }

  /** The frame has taken a batch of changes. */
  applied(number: number): void {
    this.#incoming.applied(number);
  }

  /** The user changed attributes in the frame. Waiting changes of them are older, and are dropped. */
  touch(id: string, keys: ReadonlySet<string>): void {
    this.#incoming.drop(id, keys);
  }

  /** A state changed. */
  change(change: StateChanged): void {
    const id = change.comm_id;
    const apart = [...change.omitted, ...change.buffers.map((each) => String(each.path[0]))];
    if (!this.#known.change(id, change.sequence, change.attributes, apart)) return;
    const keys = Object.keys(change.attributes);
    this.pass(
      id,
      keys.filter((key) => !apart.includes(key)),
    );
    // Events do not have buffers and long values.
    if (apart.length) this.#reread(id);
  }

  /** A widget was closed. */
  close(id: string): void {
    this.#known.forget(id);
    this.#incoming.forget(id);
    if (this.#given.has(id)) this.port.toFrame({ kind: "closed", id });
  }

  /** Events were missed. Fetch all widgets again. */
  missed(): void {
    for (const id of this.#known.ids()) this.#reread(id);
  }

  /** Fetch a widget again. Returns the attributes that changed. */
  async ask(id: string): Promise<string[]> {
    return this.#known.has(id) ? await this.#read(id) : [];
  }

  /** Send attributes to the frame, with the values known then. */
  pass(id: string, keys: Iterable<string>): void {
    const free = [...keys].filter((key) => this.port.isFree(id, key));
    if (!free.length || !this.has(id)) return;
    void this.port.attempt(async () => {
      const change = this.#known.picked(id, free);
      if (!referencesIn(change.state).length) return this.#incoming.add(change);
      const waiting = this.#rewired.get(id) ?? new Set();
      for (const key of free) waiting.add(key);
      this.#rewired.set(id, waiting);
      await this.#rewire();
    });
  }

  /** Fetch a widget again, once for several reasons. */
  #reread(id: string): void {
    const reads = this.#reading.has(id);
    this.#reading.set(id, reads ? "again" : "once");
    if (reads) return;
    void this.port.attempt(async () => {
      const changed = await this.#read(id);
      const again = this.#reading.get(id) === "again";
      this.#reading.delete(id);
      this.pass(id, changed);
      if (again && this.#known.has(id)) this.#reread(id);
    });
  }

  async #rewire(): Promise<void> {
    if (this.#isRewiring) return;
    this.#isRewiring = true;
    try {
      while (this.#rewired.size && !this.#isOver) {
        const rewired = new Map(this.#rewired);
        this.#rewired.clear();
        await this.#readReferences();
        const added = this.#newModels();
        if (added.length) this.port.toFrame({ kind: "add", models: added });
        const states = drawable(this.root, this.#known.states());
        for (const [id, keys] of rewired) {
          const change = this.#known.picked(id, [...keys].filter((key) => this.port.isFree(id, key)));
          const state = states.get(id) ?? change.state;
          this.#incoming.add({ ...change, state: Object.fromEntries(Object.keys(change.state).map((key) => [key, state[key]])) });
        }
      }
    } finally {
      this.#isRewiring = false;
    }
  }

  /** Read unknown widgets that are referred to, level by level. */
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

  /** Fetch a widget. If it is gone, close it in the frame. */
  async #read(id: string): Promise<string[]> {
    try {
      return await this.#known.read(id);
    } catch (error) {
      const isGone = error instanceof ApiError && (error.status === 404 || error.status === 410);
      if (!isGone || id === this.root) throw error;
      if (this.#known.has(id)) this.close(id);
      return [];
    }
  }

  /** The widgets to draw that the frame does not have yet. */
  #newModels(): ShownModel[] {
    const found: ShownModel[] = [];
    for (const [id, state] of drawable(this.root, this.#known.states())) {
      const model = this.#given.has(id) ? undefined : this.#known.shown(id, state);
      if (model) found.push(model);
    }
    for (const model of found) this.#given.add(model.id);
    return found;
  }
}

/** Whether a model has a view of its own, and is not only a layout or a style. */
function hasLooks(viewName: unknown): boolean {
  return typeof viewName === "string" && !["", "LayoutView", "StyleView"].includes(viewName);
}
