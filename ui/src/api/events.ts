// Reads the stream of events. After a break it connects again, and goes on after the last event.
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

/** The state of the reader. */
export type Reading =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  /** The connection is lost. The next attempt is at `nextTry` (milliseconds, as Date.now()). */
  | { readonly state: "lost"; readonly error: ApiError; readonly nextTry: number }
  /** The page is hidden, so nothing is read. */
  | { readonly state: "resting" }
  | { readonly state: "over" };

export interface Listener {
  /** Takes the events of one chunk. */
  readonly onEvents: (events: readonly BrokerEvent[]) => void;
  readonly onReading?: (reading: Reading) => void;
}

/** Milliseconds until the next attempt. The last pause is repeated. */
const PAUSES = [500, 1000, 2000, 3000, 5000];
/** Milliseconds of silence after which the connection counts as dead. The server's heartbeat is 15 s. */
const SILENCE = 50_000;
/** Milliseconds after which a hidden page closes its connection. A browser has six for a server. */
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

  /** Start reading. */
  start(): void {
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("online", this.tryNow);
    void this.#run();
  }

  /** Stop reading. */
  stop(): void {
    this.#stopped = true;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("online", this.tryNow);
    clearTimeout(this.#unseen);
    this.#abort?.abort();
    this.tryNow();
  }

  /** Make the next attempt now. */
  tryNow = (): void => this.#wake?.();

  /** Connect again, to find out whether the user still may. Events of the pause are not missed. */
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
