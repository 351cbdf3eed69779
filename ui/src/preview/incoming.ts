// Changes from the kernel that wait for the frame. They are merged until the frame has taken the batch before.
import type { Buffer, Change, ToFrame } from "./messages";

interface Gathered {
  readonly state: Record<string, unknown>;
  buffers: Buffer[];
}

/** The changes that wait for the frame. */
export class IncomingChanges {
  #waiting = new Map<string, Gathered>();
  #given: number | undefined;
  #number = 0;
  #scheduled = false;

  constructor(
    private readonly give: (message: ToFrame) => void,
    /** The number of a widget's last message. */
    private readonly heard: (id: string) => number,
  ) {}

  /** Send attributes of a widget to the frame. */
  add(change: Change): void {
    const keys = new Set([...Object.keys(change.state), ...change.buffers.map((each) => String(each.path[0]))]);
    if (!keys.size) return;
    const gathered = this.#waiting.get(change.id) ?? { state: {}, buffers: [] };
    this.#waiting.set(change.id, gathered);
    drop(gathered, keys);
    Object.assign(gathered.state, change.state);
    gathered.buffers.push(...change.buffers);
    if (this.#scheduled) return;
    // Changes that come together become one message.
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  /** The frame has taken a batch. A number of another batch is ignored. */
  applied(number: number): void {
    if (number !== this.#given) return;
    this.#given = undefined;
    this.#flush();
  }

  /** Drop waiting changes of attributes that the user has changed in the frame. */
  drop(id: string, keys: ReadonlySet<string>): void {
    const gathered = this.#waiting.get(id);
    if (gathered) drop(gathered, keys);
  }

  /** Drop waiting changes of a widget that is closed. */
  forget(id: string): void {
    this.#waiting.delete(id);
  }

  #flush(): void {
    if (this.#given !== undefined || !this.#waiting.size) return;
    const changes = [...this.#waiting].map(([id, { state, buffers }]) => ({ id, state, buffers, after: this.heard(id) }));
    this.#waiting.clear();
    this.#given = this.#number += 1;
    this.give({ kind: "change", number: this.#given, changes });
  }
}

function drop(gathered: Gathered, keys: ReadonlySet<string>): void {
  for (const key of keys) delete gathered.state[key];
  gathered.buffers = gathered.buffers.filter((each) => !keys.has(String(each.path[0])));
}
