// The messages between the page and the frame of a preview, over one port.
import { MOST_SENT } from "./limits";

/** The first message of the frame, and the page's answer with the port. No other message goes from window to window. */
export const HELLO = "comm-broker-preview";

/** Dict keys and list indices that lead to a value. */
export type Path = readonly (string | number)[];
export type State = Readonly<Record<string, unknown>>;

export interface Buffer {
  readonly path: Path;
  readonly data: ArrayBuffer;
}

/** A widget's model, as the frame builds it. */
export interface ShownModel {
  readonly id: string;
  readonly name: string;
  readonly module: string;
  readonly version: string;
  readonly state: State;
  readonly buffers: readonly Buffer[];
}

/** Attributes that changed. */
export interface Change {
  readonly id: string;
  readonly state: State;
  readonly buffers: readonly Buffer[];
}

/** A change, with the number of the widget's last message that the page had got. Later messages of the widget are newer. */
export interface NumberedChange extends Change {
  readonly after: number;
}

export type ToFrame =
  | { readonly kind: "show"; readonly root: string; readonly models: readonly ShownModel[] }
  | { readonly kind: "add"; readonly models: readonly ShownModel[] }
  /** A batch of changes. Until the frame answers "applied", further changes are merged in the page. */
  | { readonly kind: "change"; readonly number: number; readonly changes: readonly NumberedChange[] }
  | { readonly kind: "custom"; readonly id: string; readonly content: unknown }
  | { readonly kind: "closed"; readonly id: string }
  /** The frame's messages that the kernel is done with. */
  | { readonly kind: "done"; readonly numbers: readonly number[] };

/** A message of a widget to its kernel. */
export type SentData =
  | { readonly method: "update"; readonly state: State; readonly buffer_paths: readonly Path[] }
  | { readonly method: "custom"; readonly content: unknown };

export type FromFrame =
  | { readonly kind: "shown" }
  | { readonly kind: "applied"; readonly number: number }
  | { readonly kind: "height"; readonly pixels: number }
  /** The frame's policy has blocked something. */
  | { readonly kind: "blocked"; readonly address: string }
  | { readonly kind: "send"; readonly number: number; readonly id: string; readonly data: SentData };

/** A message as the frame sends it: a text, whose length is checked before it is parsed. */
export interface Envelope {
  readonly text: string;
  readonly buffers: readonly ArrayBuffer[];
}

/** A message of the frame with its buffers. */
export interface Received {
  readonly message: FromFrame;
  readonly buffers: readonly ArrayBuffer[];
}

/**
 * Read a message from the frame. Any code may run there, so nothing is trusted.
 *
 * Returns a text for people if it is not a message.
 */
export function received(data: unknown): Received | string {
  if (!isObject(data) || typeof data.text !== "string" || !Array.isArray(data.buffers)) return "something that is not a message";
  const { text, buffers } = data as { text: string; buffers: unknown[] };
  let size = text.length;
  for (const buffer of buffers) {
    if (!(buffer instanceof ArrayBuffer)) return "a buffer that is not one";
    size += buffer.byteLength;
  }
  if (size > MOST_SENT) return `a message of more than ${MOST_SENT / 1_000_000} MB`;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return "a text that is not JSON";
  }
  if (!isMessage(message, buffers.length)) return "a message that no widget sends";
  return { message, buffers: buffers as ArrayBuffer[] };
}

function isMessage(message: unknown, buffers: number): message is FromFrame {
  if (!isObject(message)) return false;
  switch (message.kind) {
    case "shown":
      return true;
    case "applied":
      return Number.isSafeInteger(message.number);
    case "height":
      return Number.isFinite(message.pixels);
    case "blocked":
      return typeof message.address === "string";
    case "send":
      return Number.isSafeInteger(message.number) && typeof message.id === "string" && isSent(message.data, buffers);
    default:
      return false;
  }
}

function isSent(data: unknown, buffers: number): data is SentData {
  if (!isObject(data)) return false;
  if (data.method === "custom") return true;
  return (
    data.method === "update" &&
    isObject(data.state) &&
    Array.isArray(data.buffer_paths) &&
    data.buffer_paths.length === buffers &&
    data.buffer_paths.every(isPath)
  );
}

function isPath(path: unknown): path is Path {
  return Array.isArray(path) && path.length > 0 && typeof path[0] === "string" && path.every((step) => typeof step === "string" || Number.isSafeInteger(step));
}

/** Whether a value is a JSON object, not a list and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
