// Every open comm by its key, updated by events and by REST. Views are updated at most once a frame.
import { signal, type ReadonlySignal } from "@preact/signals";
import type { BrokerEvent, Opened } from "../api/event_shapes";
import type { CommView } from "../api/shapes";
import { oncePerFrame } from "./frame";

export type Comm = CommView;

/** The key of a comm. Ids are unique only within a kernel. */
export function commKey(kernelId: string, commId: string): string {
  return `${kernelId} ${commId}`;
}

/** The comms. Read `version.value` first, which changes with them, and then `rows`. */
export class CommTable {
  readonly #rows = new Map<string, Comm>();
  readonly #version = signal(0);
  readonly #changed = oncePerFrame(() => {
    this.#version.value += 1;
  });

  /** By key, in the order in which they became known. */
  get rows(): ReadonlyMap<string, Comm> {
    return this.#rows;
  }

  /** A number that changes with the rows, at most once a frame. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  /** Follow events. Returns how many comms were opened. Their facts must be fetched. */
  follow(events: readonly BrokerEvent[]): number {
    let opened = 0;
    for (const event of events) {
      if (event.type === "opened") {
        // A comm with the same id is a new comm, and goes to the end.
        const key = commKey(event.data.kernel_id, event.data.comm_id);
        this.#rows.delete(key);
        this.#rows.set(key, barely(event.data));
        opened += 1;
      } else if (event.type === "closed") {
        this.#rows.delete(commKey(event.data.kernel_id, event.data.comm_id));
      } else if (event.type === "kernel") {
        this.#dropKernel(event.data.kernel_id);
      } else {
        continue;
      }
      this.#changed();
    }
    return opened;
  }

  /** Take comms from REST. With `onlyKnown`, comms that closed meanwhile do not come back. */
  merge(comms: readonly Partial<Comm>[], onlyKnown: boolean): void {
    for (const comm of comms) {
      const key = commKey(comm.kernel_id ?? "", comm.comm_id ?? "");
      const known = this.#rows.get(key);
      if (!known && onlyKnown) continue;
      this.#rows.set(key, { ...known, ...comm } as Comm);
      this.#changed();
    }
  }

  /** Keep only these comms. The others are closed. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#rows.keys()) {
      if (!keys.has(key)) {
        this.#rows.delete(key);
        this.#changed();
      }
    }
  }

  #dropKernel(kernelId: string): void {
    for (const [key, comm] of this.#rows) if (comm.kernel_id === kernelId) this.#rows.delete(key);
  }
}

/** A comm of which only the opening is known. */
function barely(opened: Opened): Comm {
  return {
    kernel_id: opened.kernel_id,
    comm_id: opened.comm_id,
    target_name: opened.target_name,
    opened_by: opened.opened_by,
    opened_at: opened.at,
    last_activity: opened.at,
    age_seconds: 0,
    idle_seconds: 0,
    model: opened.model,
    caption: null,
    parents: [],
    references: [],
    frontends: [],
    messages: { from_kernel: 0, from_frontends: 0 },
    bytes: { from_kernel: 0, from_frontends: 0, state: 0 },
    knowledge: "unknown",
    checked_at: null,
    dirty_because: null,
    pending: false,
    sequence: 0,
    callback_errors: 0,
  };
}
