// Keeps one comm up to date: its facts, its state, the last change, and its end.
import { signal } from "@preact/signals";
import { fetchComm } from "../api/broker";
import type { BrokerEvent, StateChanged } from "../api/event_shapes";
import { EventReader, type Reading } from "../api/events";
import { ApiError } from "../api/request";
import type { CommView, Side } from "../api/shapes";
import { tellFailure } from "../store/notices";
import { Poller } from "../store/poller";
import { difference, type Difference } from "./changes";
import { follow, heldOf, type Held } from "./live_state";
import { fetchFacts } from "./questions";

/** The last change. */
export interface Change extends Difference {
  readonly serial: number;
  readonly when: Date;
}

/** How a comm ended, as far as it is known. */
export interface Ended {
  readonly what: "comm" | "kernel" | "unknown";
  readonly at?: string;
  readonly by?: Side;
  readonly reason?: string;
}

/** A state with more bytes is fetched only on request. */
export const HUGE = 16_000_000;
/** Milliseconds between two updates of the page. A flood of changes does not cost more. */
const PICTURES = 100;
/** Milliseconds between two requests for a whole state. A large state is fetched less often. */
const SOON = 500;

/** One comm, watched until `stop`. */
export class CommWatch {
  readonly facts = signal<CommView | undefined>(undefined);
  readonly held = signal<Held | undefined>(undefined);
  readonly change = signal<Change | undefined>(undefined);
  readonly ended = signal<Ended | undefined>(undefined);
  readonly failure = signal<ApiError | undefined>(undefined);
  /** The bytes of a state that is too large to be fetched automatically. */
  readonly huge = signal<number | undefined>(undefined);

  #latest: Held | undefined;
  #meanwhile: StateChanged[] | undefined;
  #isHugeWanted = false;
  #isAgain = false;
  #changes = 0;
  #picture: ReturnType<typeof setTimeout> | undefined;
  #question: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  #stopFacts: (() => void) | undefined;
  readonly #reader: EventReader;
  readonly #facts: Poller;

  constructor(
    readonly kernelId: string,
    readonly commId: string,
  ) {
    const filter = { kernel: kernelId, comm: commId, types: ["state", "closed"] as const };
    this.#reader = new EventReader(filter, { onEvents: (events) => this.follow(events), onReading: (now) => this.#told(now) });
    this.#facts = new Poller(() => this.#askFacts(), 2000, (failure) => this.#failed(failure));
  }

  start(): void {
    this.#reader.start();
    this.#stopFacts = this.#facts.want();
    void this.ask();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#picture);
    clearTimeout(this.#question);
    this.#rest();
  }

  /** Fetch the state even if it is huge. */
  askHuge(): void {
    this.#isHugeWanted = true;
    void this.ask();
  }

  /** Fetch the state again. */
  async ask(): Promise<void> {
    if (this.#meanwhile) {
      this.#isAgain = true;
      return;
    }
    if (this.#isStopped || this.ended.peek()) return;
    this.#meanwhile = [];
    const begun = Date.now();
    try {
      await this.#fetch();
    } catch (failure) {
      this.#failed(failure);
    }
    this.#meanwhile = undefined;
    if (this.#isAgain) {
      this.#isAgain = false;
      this.#askLater(Math.max(SOON, 4 * (Date.now() - begun)));
    }
  }

  async #fetch(): Promise<void> {
    if (!this.#isHugeWanted) {
      await this.#askFacts();
      const size = this.facts.peek()?.bytes.state ?? 0;
      this.huge.value = size > HUGE ? size : undefined;
      if (size > HUGE || this.ended.peek()) return;
    }
    const comm = await fetchComm(this.kernelId, this.commId);
    this.huge.value = undefined;
    this.failure.value = undefined;
    this.facts.value = comm;
    this.#latest = heldOf(comm);
    // Events that came while the answer was on its way may be newer.
    for (const change of this.#meanwhile ?? []) this.#apply(change);
    if (this.held.peek()) this.#show();
    else this.held.value = this.#latest;
  }

  /** Follow events. */
  follow(events: readonly BrokerEvent[]): void {
    for (const event of events) {
      if (event.type === "state") {
        this.#meanwhile?.push(event.data);
        this.#apply(event.data);
      } else if (event.type === "closed") {
        const { at, by, reason } = event.data;
        this.#end({ what: "comm", at, by, reason });
      } else if (event.type === "resync") void this.ask();
    }
  }

  #apply(change: StateChanged): void {
    if (!this.#latest) return;
    const { held, isToBeAsked } = follow(this.#latest, change);
    this.#latest = held;
    if (isToBeAsked && !this.huge.peek()) this.#askLater(SOON);
    this.#picture ??= setTimeout(() => this.#show(), PICTURES);
  }

  #show(): void {
    clearTimeout(this.#picture);
    this.#picture = undefined;
    const before = this.held.peek();
    if (!this.#latest || before === this.#latest) return;
    const found = difference(before?.state ?? {}, this.#latest.state ?? {});
    if (found.at.size) this.change.value = { ...found, serial: ++this.#changes, when: new Date() };
    this.held.value = this.#latest;
  }

  #askLater(pause: number): void {
    this.#question ??= setTimeout(() => {
      this.#question = undefined;
      void this.ask();
    }, pause);
  }

  async #askFacts(): Promise<void> {
    const facts = await fetchFacts(this.kernelId, this.commId);
    if (facts) this.facts.value = facts;
    // The list no longer has the comm. The comm's own answer says why.
    else await fetchComm(this.kernelId, this.commId);
  }

  #told(now: Reading): void {
    if (now.state === "live" && this.#latest) void this.ask();
    if (now.state === "lost") this.#failed(now.error);
  }

  #failed(failure: unknown): void {
    if (!(failure instanceof ApiError)) return tellFailure("The comm could not be fetched", failure);
    if (failure.status === 404 || failure.status === 410) return this.#end(endOf(failure));
    // The mark of the connection tells this already.
    if (!failure.isUnreachable && !failure.isSignedOut && failure.reason !== "ended" && failure.status) this.failure.value = failure;
  }

  #end(ended: Ended): void {
    if (this.#isStopped) return;
    // The event says who closed it. The server may have forgotten it.
    if (!this.ended.peek()?.by) this.ended.value = ended;
    this.#show();
    this.#rest();
  }

  #rest(): void {
    this.#reader.stop();
    this.#stopFacts?.();
  }
}

/** The end of a comm, as an error tells it. */
export function endOf(error: ApiError): Ended {
  const closed = error.facts.closed as { at: string; by: Side; reason: string } | undefined;
  if (closed) return { what: "comm", ...closed };
  return { what: error.reason === "KernelNotFoundError" ? "kernel" : "unknown", reason: error.message };
}
