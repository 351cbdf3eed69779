// The states of a preview's widgets, as the broker last told them, within the limits of a preview.
import type { BufferView, WholeComm } from "../api/shapes";
import { inMegabytes, MOST_BYTES, MOST_MODELS, MOST_TEXT } from "./limits";
import { isObject, type Buffer, type Change, type ShownModel, type State } from "./messages";
import { Refusal } from "./refusal";

/** Fetch a comm with its state. Throws a Refusal if the answer has more than `room` bytes. */
export type Ask = (id: string, room: number) => Promise<Answer>;

export interface Answer {
  readonly comm: WholeComm;
  /** The bytes of the answer that it came in. */
  readonly size: number;
}

interface KnownModel {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  state: Record<string, unknown>;
  buffers: Buffer[];
  sequence: number;
  /** By attribute, the number of its last change. Attributes without one are as old as the state. */
  readonly since: Map<string, number>;
  size: number;
  text: number;
}

/** The widgets of one preview. */
export class KnownModels {
  #models = new Map<string, KnownModel>();

  constructor(private readonly ask: Ask) {}

  has(id: string): boolean {
    return this.#models.has(id);
  }

  states(): Map<string, State> {
    return new Map([...this.#models].map(([id, model]) => [id, model.state]));
  }

  ids(): string[] {
    return [...this.#models.keys()];
  }

  /** The modules that draw these widgets. */
  modules(): Set<string> {
    return new Set([...this.#models.values()].map((model) => model.module));
  }

  /** A widget for the frame, with the references of `state`. */
  shown(id: string, state: State): ShownModel | undefined {
    const model = this.#models.get(id);
    return model && { id, name: model.name, module: model.module, version: model.version, state, buffers: model.buffers };
  }

  /** Some attributes of a widget, with their known values. */
  picked(id: string, keys: Iterable<string>): Change {
    const model = this.#models.get(id);
    const state: Record<string, unknown> = {};
    const wanted = new Set(keys);
    for (const key of wanted) if (model && Object.hasOwn(model.state, key)) state[key] = model.state[key];
    return { id, state, buffers: model ? model.buffers.filter((each) => wanted.has(String(each.path[0]))) : [] };
  }

  forget(id: string): void {
    this.#models.delete(id);
  }

  /**
   * Fetch a widget and note it, except for attributes with a later change. Returns the attributes that
   * changed; none if there is no such widget.
   *
   * Throws a Refusal if it is too much for a preview.
   */
  async read(id: string): Promise<string[]> {
    const before = this.#models.get(id);
    if (!before && this.#models.size >= MOST_MODELS) throw new Refusal(`This widget has more than ${MOST_MODELS} models. A preview takes no more.`);
    const room = MOST_BYTES - this.#total("size") + (before?.size ?? 0);
    const { comm, size } = await this.ask(id, room);
    const now = this.#models.get(id);
    if (!comm.model || comm.state === null) return [];
    const text = size - comm.buffers.reduce((sum, each) => sum + (each.data?.length ?? 0), 0);
    if (this.#total("text") - (now?.text ?? 0) + text > MOST_TEXT) throw new Refusal(tooLarge(MOST_TEXT));
    const isLater = (key: string): boolean => (now?.since.get(key) ?? 0) > comm.sequence;
    const state = { ...comm.state, ...(now ? chosen(now.state, isLater) : {}) };
    const buffers = [...comm.buffers.flatMap(decoded).filter((each) => !isLater(String(each.path[0]))), ...(now?.buffers.filter((each) => isLater(String(each.path[0]))) ?? [])];
    const sequence = Math.max(comm.sequence, now?.sequence ?? 0);
    this.#models.set(id, { ...comm.model, state, buffers, sequence, since: now?.since ?? new Map(), size, text });
    return now ? differing(now, state, buffers).filter((key) => !isLater(key)) : Object.keys(state);
  }

  /**
   * Note attributes that changed. Returns false if the change or the widget is not needed.
   *
   * `apart` are attributes that changed too, and must be fetched.
   */
  change(id: string, sequence: number, attributes: State, apart: readonly string[] = []): boolean {
    const model = this.#models.get(id);
    if (!model || sequence <= model.sequence) return false;
    model.sequence = sequence;
    for (const key of apart) model.since.set(key, sequence);
    for (const [key, value] of Object.entries(attributes)) {
      model.since.set(key, sequence);
      if (apart.includes(key)) continue;
      model.state[key] = value;
      model.buffers = model.buffers.filter((each) => each.path[0] !== key);
    }
    return true;
  }

  #total(what: "size" | "text"): number {
    let sum = 0;
    for (const model of this.#models.values()) sum += model[what];
    return sum;
  }
}

/** The message about a widget that is too large. */
export function tooLarge(most: number): string {
  return `This widget has more than ${inMegabytes(most)}. A preview does not draw such a widget. You can read its state as text.`;
}

/** A buffer with its bytes; undefined if it is a secret. */
function decoded({ path, data }: BufferView): Buffer[] {
  if (data === undefined) return [];
  const text = atob(data);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return [{ path, data: bytes.buffer }];
}

function chosen(state: State, isWanted: (key: string) => boolean): State {
  return Object.fromEntries(Object.entries(state).filter(([key]) => isWanted(key)));
}

/** The attributes in which two states differ. Attributes with buffers count as different. */
function differing(before: KnownModel, state: State, buffers: readonly Buffer[]): string[] {
  const buffered = new Set([...before.buffers, ...buffers].map((each) => String(each.path[0])));
  const keys = new Set([...Object.keys(state), ...buffered]);
  return [...keys].filter((key) => buffered.has(key) || !isSame(before.state[key], state[key]));
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const bothHold = (Array.isArray(one) || isObject(one)) && (Array.isArray(other) || isObject(other));
  return bothHold && JSON.stringify(one) === JSON.stringify(other);
}
