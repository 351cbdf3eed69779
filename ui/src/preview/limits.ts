// The limits of a preview. A widget's author decides what it contains, so everything is limited.

/** The most bytes of all answers that one preview reads, with buffers in base64. */
export const MOST_BYTES = 32_000_000;
/** The most characters of states without their buffers. A browser lays out only texts. */
export const MOST_TEXT = 4_000_000;
/** The most models in one preview. A layout and a style count too. */
export const MOST_MODELS = 500;
/** The most views. A widget in two boxes is drawn twice. */
export const MOST_VIEWS = 1000;
/** The most levels of lists and objects in a state. The frame's code is recursive. */
export const MOST_DEPTH = 100;

/** The most bytes of a message from the frame. The server's own limit is 10 MiB by default. */
export const MOST_SENT = 8_000_000;
/** The most messages of a comm that wait for the kernel. Updates are merged and count as one. */
export const MOST_WAITING = 100;
/** The most messages that wait at the server. A browser has six connections for all tabs. */
export const MOST_AT_ONCE = 2;
/** The most messages from the frame in a second. A widget that is dragged sends some sixty. */
export const MOST_A_SECOND = 500;

/** Seconds that the server waits for the kernel to be done with a message. */
export const PATIENCE = 20;
/** Milliseconds after which the page says that the kernel is busy with something else. */
export const BUSY_AFTER = 1000;
/** Milliseconds that the frame has for its first message. */
export const FRAME_PATIENCE = 20_000;

export const LEAST_HEIGHT = 48;
export const MOST_HEIGHT = 1200;

/** A size for people. */
export function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
