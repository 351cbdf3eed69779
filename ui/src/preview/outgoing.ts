// Messages of a preview's widgets that wait for the kernel. Each comm sends one at a time, and its waiting updates are merged.
import { MOST_AT_ONCE, MOST_WAITING } from "./limits";
import type { Path, SentData } from "./messages";

/** A message to the kernel. It may stand for several of the frame's messages. */
export interface Outgoing {
  readonly id: string;
  readonly data: SentData;
  readonly buffers: readonly ArrayBuffer[];
  /** The frame's numbers of these messages. */
  readonly numbers: readonly number[];
}

export interface OutgoingPort {
  /** Send a message, and return when the kernel is done with it. `finished` gets its error. */
  readonly send: (message: Outgoing) => Promise<void>;
  /** The kernel is done with a message, or it failed. `last` says that no other message of the comm waits. */
  readonly finished: (message: Outgoing, last: boolean, failure: unknown) => void;
}

/** The messages that wait, by comm. */
export class OutgoingQueue {
  #waiting = new Map<string, Outgoing[]>();
  #underWay = new Set<string>();

  constructor(private readonly port: OutgoingPort) {}

  /** Whether a message of a comm waits or is under way. */
  isBusy(id: string): boolean {
    return this.#underWay.has(id) || this.#waiting.has(id);
  }

  /** Send a message when its turn comes. Returns false if too many wait already. */
  push(message: Outgoing): boolean {
    const queue = this.#waiting.get(message.id) ?? [];
    const last = queue.at(-1);
    const one = last && merged(last, message);
    if (one) queue[queue.length - 1] = one;
    else if (queue.length >= MOST_WAITING) return false;
    else queue.push(message);
    this.#waiting.set(message.id, queue);
    this.#next();
    return true;
  }

  /** Drop the messages that wait. */
  clear(): void {
    this.#waiting.clear();
  }

  #next(): void {
    for (const [id, queue] of this.#waiting) {
      if (this.#underWay.size >= MOST_AT_ONCE) return;
      if (this.#underWay.has(id)) continue;
      const message = queue.shift();
      if (!queue.length) this.#waiting.delete(id);
      if (message) void this.#send(message);
    }
  }

  async #send(message: Outgoing): Promise<void> {
    this.#underWay.add(message.id);
    let failure: unknown;
    try {
      await this.port.send(message);
    } catch (error) {
      failure = error ?? new Error("failed");
    }
    this.#underWay.delete(message.id);
    // Last in the queue, so that each comm has its turn.
    const queue = this.#waiting.get(message.id);
    if (queue) {
      this.#waiting.delete(message.id);
      this.#waiting.set(message.id, queue);
    }
    this.port.finished(message, !this.isBusy(message.id), failure);
    this.#next();
  }
}

/** Merge two updates key by key; undefined if one is not an update. */
export function merged(older: Outgoing, newer: Outgoing): Outgoing | undefined {
  if (older.data.method !== "update" || newer.data.method !== "update") return undefined;
  const keys = keysOf(newer.data);
  const state: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(older.data.state)) if (!keys.has(key)) state[key] = value;
  Object.assign(state, newer.data.state);
  const paths: Path[] = [];
  const buffers: ArrayBuffer[] = [];
  older.data.buffer_paths.forEach((path, index) => {
    const buffer = older.buffers[index];
    if (buffer && !keys.has(String(path[0]))) {
      paths.push(path);
      buffers.push(buffer);
    }
  });
  return {
    id: newer.id,
    data: { method: "update", state, buffer_paths: [...paths, ...newer.data.buffer_paths] },
    buffers: [...buffers, ...newer.buffers],
    numbers: [...older.numbers, ...newer.numbers],
  };
}

/** The attributes that an update sets. */
export function keysOf(data: SentData): Set<string> {
  if (data.method !== "update") return new Set();
  return new Set([...Object.keys(data.state), ...data.buffer_paths.map((path) => String(path[0]))]);
}
