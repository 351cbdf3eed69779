// Follows the recording of one comm, whichever user switched it on.
import { signal } from "@preact/signals";
import { ApiError } from "../api/request";
import { tellFailure } from "../store/notices";
import { Poller } from "../store/poller";
import { fetchTail, record, type Recording } from "./questions";
import { EMPTY, taken, type TailLog } from "./tail_log";

/** The recording of one comm, followed until `stop`. */
export class TailWatch {
  readonly recording = signal<Recording | undefined>(undefined);
  readonly log = signal<TailLog>(EMPTY);
  readonly #poller: Poller;
  #stop: (() => void) | undefined;

  constructor(
    readonly kernelId: string,
    readonly commId: string,
  ) {
    this.#poller = new Poller(() => this.#ask(), 1000, (failure) => this.#failed(failure));
  }

  start(): void {
    this.#stop = this.#poller.want();
  }

  stop(): void {
    this.#stop?.();
    const last = this.recording.peek();
    if (last) this.recording.value = { ...last, on: false };
  }

  /** Switch the recording on or off, for all users. */
  async record(on: boolean): Promise<void> {
    try {
      this.recording.value = await record(this.kernelId, this.commId, on);
      this.#poller.now();
    } catch (failure) {
      tellFailure(on ? "Recording could not be switched on" : "Recording could not be switched off", failure);
    }
  }

  async #ask(): Promise<void> {
    let answer = await fetchTail(this.kernelId, this.commId, this.log.peek().last);
    let log = taken(this.log.peek(), answer);
    if (!log) {
      // The recording began again, and so did its numbers.
      answer = await fetchTail(this.kernelId, this.commId, 0);
      log = taken(EMPTY, answer);
    }
    this.recording.value = answer.recording;
    if (log) this.log.value = log;
  }

  #failed(failure: unknown): void {
    const error = failure instanceof ApiError ? failure : undefined;
    // The comm's end is told once, at the top of the page.
    if (error?.status === 404 || error?.status === 410) return this.stop();
    tellFailure("The messages could not be fetched", failure);
  }
}
