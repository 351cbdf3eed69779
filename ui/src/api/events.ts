// Reads the stream of events for as long as somebody wants it: comes back by itself, behind what it read last.
import type { Query } from "./urls";
import { EventText } from "./event_text";
import type { BrokerEvent, EventType } from "./event_shapes";
import { ApiError, send } from "./request";

export interface EventFilter {
  readonly kernel?: string;
  readonly comm?: string;
  readonly target?: string;
  readonly types?: readonly EventType[];
}

/** How the reading goes. */
export type Reading =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  /** Lost; tried again at `nextTry` (milliseconds, as Date.now()). */
  | { readonly state: "lost"; readonly error: ApiError; readonly nextTry: number }
  /** Nobody looks at the page, so nothing is read. */
  | { readonly state: "resting" }
  | { readonly state: "over" };

export interface Listener {
  /** What came, all of one chunk at once. */
  readonly onEvents: (events: readonly BrokerEvent[]) => void;
  readonly onReading?: (reading: Reading) => void;
}

/** Milliseconds until the next try; the last one again and again. */
const PAUSES = [500, 1000, 2000, 3000, 5000];
/** Without a word for so long the connection is taken for dead: the server's heartbeat is 15 s. */
const SILENCE = 50_000;
/** A page that nobody sees gives its connection up after so long: a browser has six for a server. */
const UNSEEN = 30_000;

/** One reader of `/api/comms/events`. */
export class EventReader {
  #text = new EventText();
  #stopped = false;
  #failures = 0;
  #abort: AbortController | undefined;
  #wake: (() => void) | undefined;
  #unseen: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly filter: EventFilter,
    private readonly listener: Listener,
  ) {}

  /** Begin to read. */
  start(): void {
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("online", this.tryNow);
    void this.#run();
  }

  /** Read no more. */
  stop(): void {
    this.#stopped = true;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("online", this.tryNow);
    clearTimeout(this.#unseen);
    this.#abort?.abort();
    this.tryNow();
  }

  /** Wait no longer for the next try. */
  tryNow = (): void => this.#wake?.();

  /** Connect anew, to find out whether one still may; what is missed meanwhile is made up for. */
  check(): void {
    this.#abort?.abort();
    this.tryNow();
  }

  #onVisibility = (): void => {
    clearTimeout(this.#unseen);
    if (document.visibilityState === "hidden") {
      this.#unseen = setTimeout(() => this.#abort?.abort(), UNSEEN);
    } else {
      this.tryNow();
    }
  };

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#read();
        this.#failures = 0;
      } catch (failure) {
        if (this.#stopped) break;
        if (this.#abort?.signal.aborted && document.visibilityState === "hidden") {
          this.#tell({ state: "resting" });
          await this.#pause(undefined);
          continue;
        }
        const error = failure instanceof ApiError ? failure : new ApiError("The connection broke off.", 0, "broken off");
        const pause = PAUSES[Math.min(this.#failures, PAUSES.length - 1)] ?? 5000;
        this.#failures += 1;
        this.#tell({ state: "lost", error, nextTry: Date.now() + pause });
        await this.#pause(pause);
      }
    }
    this.#tell({ state: "over" });
  }

  async #read(): Promise<void> {
    const abort = (this.#abort = new AbortController());
    this.#text.restart();
    if (this.#failures === 0) this.#tell({ state: "connecting" });
    const response = await send(["api", "comms", "events"], {
      query: { ...this.filter } as Query,
      signal: abort.signal,
      headers: {
        Accept: "text/event-stream",
        ...(this.#text.lastId ? { "Last-Event-ID": this.#text.lastId } : {}),
      },
    });
    this.#failures = 0;
    this.#tell({ state: "live" });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) throw new ApiError("The server sent no stream.", 0, "no stream");
    for (;;) {
      const watchdog = setTimeout(() => abort.abort(), SILENCE);
      try {
        const { done, value } = await reader.read();
        if (done) throw new ApiError("The server ended the stream.", 0, "ended");
        const events = this.#text.take(value).map((each) => ({ type: each.type, data: JSON.parse(each.data) }) as BrokerEvent);
        if (events.length) this.listener.onEvents(events);
      } finally {
        clearTimeout(watchdog);
      }
    }
  }

  #pause(milliseconds: number | undefined): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      this.#wake = undefined;
    });
  }

  #tell(reading: Reading): void {
    this.listener.onReading?.(reading);
  }
}
