// Cuts a text/event-stream into events, chunk by chunk.

/** One event of the stream as text. */
export interface TextEvent {
  readonly type: string;
  readonly data: string;
}

/** Takes chunks of text, and returns the complete events. */
export class EventText {
  /** The id of the last complete event, from which to go on after a break. */
  lastId = "";
  #rest = "";
  #id: string | undefined;
  #type = "";
  #data: string[] = [];

  /** Take a chunk, and return the events that end in it. */
  take(chunk: string): TextEvent[] {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    const found: TextEvent[] = [];
    for (const line of lines) {
      const event = this.#line(line.endsWith("\r") ? line.slice(0, -1) : line);
      if (event) found.push(event);
    }
    return found;
  }

  /** Forget an incomplete event, because the stream broke off. */
  restart(): void {
    this.#rest = "";
    this.#clear();
  }

  #line(line: string): TextEvent | undefined {
    if (line === "") return this.#end();
    const colon = line.indexOf(":");
    if (colon === 0) return undefined;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") this.#id = value;
    else if (name === "event") this.#type = value;
    else if (name === "data") this.#data.push(value);
    return undefined;
  }

  #end(): TextEvent | undefined {
    const data = this.#data.join("\n");
    const found = this.#data.length ? { type: this.#type || "message", data } : undefined;
    if (this.#id !== undefined) this.lastId = this.#id;
    this.#clear();
    return found;
  }

  #clear(): void {
    this.#id = undefined;
    this.#type = "";
    this.#data = [];
  }
}
