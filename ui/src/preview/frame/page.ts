// The frame's connection to the page, over one port.
import { HELLO, type FromFrame, type SentData, type ToFrame } from "../messages";

/** The callbacks of a widget for a message that it sent. */
export interface Callbacks {
  readonly iopub?: { readonly status?: (message: unknown) => void };
}

type Bytes = ArrayBuffer | ArrayBufferView;

export class Page {
  #port: MessagePort | undefined;
  #listener: (message: ToFrame) => void = () => {};
  #waiting = new Map<number, Callbacks>();
  #number = 0;

  /** Called with each message of the page. */
  listen(listener: (message: ToFrame) => void): void {
    this.#listener = listener;
  }

  /** Ask the page for a port. */
  hello(): void {
    window.addEventListener("message", (event) => {
      const port = event.ports[0];
      if (this.#port || event.source !== window.parent || event.data !== HELLO || !port) return;
      this.#port = port;
      port.onmessage = ({ data }) => this.#listener(data as ToFrame);
    });
    // The frame does not know the page's origin. So this message holds nothing else.
    window.parent.postMessage(HELLO, "*");
  }

  say(message: FromFrame, buffers: readonly ArrayBuffer[] = []): void {
    this.#port?.postMessage({ text: JSON.stringify(message), buffers });
  }

  /** Send a widget's message to its kernel. Returns the message's number. */
  send(id: string, data: SentData, callbacks: Callbacks, buffers: readonly Bytes[]): number {
    const number = (this.#number += 1);
    this.#waiting.set(number, callbacks);
    this.say({ kind: "send", number, id, data }, buffers.map(copied));
    return number;
  }

  /** The kernel is done with these messages. */
  done(numbers: readonly number[]): void {
    for (const number of numbers) {
      const callbacks = this.#waiting.get(number);
      this.#waiting.delete(number);
      // Every widget waits for this before it sends its next update.
      callbacks?.iopub?.status?.({ content: { execution_state: "idle" } });
    }
  }
}

/** Only the bytes of a view. The buffer below it may be larger. */
function copied(bytes: Bytes): ArrayBuffer {
  if (bytes instanceof ArrayBuffer) return bytes;
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
