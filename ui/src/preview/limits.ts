// What a preview takes on: a widget's author decides what it holds, so every amount has an end.

/** Bytes of all answers that one preview reads, buffers in base64 with them. */
export const MOST_BYTES = 32_000_000;
/** Characters of states without their buffers: a browser lays out texts, not buffers. */
export const MOST_TEXT = 4_000_000;
/** Models in one preview: a layout and a style are one each. */
export const MOST_MODELS = 500;
/** Views that these draw: a widget that stands in two boxes is drawn twice. */
export const MOST_VIEWS = 1000;
/** Levels of lists and objects in a state; the frame's code goes through them by recursion. */
export const MOST_DEPTH = 100;

/** Bytes of one message from the frame; the server's own limit is 10 MiB where none is set. */
export const MOST_SENT = 8_000_000;
/** Messages of one comm that wait for the kernel. Updates are merged and count as one. */
export const MOST_WAITING = 100;
/** Messages that wait at the server at once: a browser has six connections for all tabs. */
export const MOST_AT_ONCE = 2;
/** Messages from the frame in a second; a widget that is dragged sends some sixty. */
export const MOST_A_SECOND = 500;

/** Seconds that the server waits for the kernel to be done with a message. */
export const PATIENCE = 20;
/** Milliseconds after which the page says that the kernel is busy with something else. */
export const BUSY_AFTER = 1000;
/** Milliseconds that the frame has for its first word. */
export const FRAME_PATIENCE = 20_000;

export const LEAST_HEIGHT = 48;
export const MOST_HEIGHT = 1200;

/** A size for people. */
export function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
