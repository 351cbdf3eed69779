// Repeats a request while a view wants it: never two at once, less often while the page is hidden or after failures.

/** The least milliseconds between two requests. */
const SOON = 500;

/** Sends a request every `every` milliseconds, or at once on demand. */
export class Poller {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #again = false;
  #failures = 0;
  #wanted = 0;

  /**
   * @param ask - sends one request. After a failure the next one comes later.
   * @param every - milliseconds between two requests.
   * @param failed - called with each failure.
   */
  constructor(
    private readonly ask: () => Promise<void>,
    private readonly every: number,
    private readonly failed: (failure: unknown) => void,
  ) {}

  /** Start. The returned function ends it. */
  want(): () => void {
    this.#wanted += 1;
    if (this.#wanted === 1) this.now();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#wanted -= 1;
      if (!this.#wanted) clearTimeout(this.#timer);
    };
  }

  /** Send a request now, or after the one that is under way. */
  now = (): void => {
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    void this.#run();
  };

  async #run(): Promise<void> {
    this.#running = true;
    try {
      await this.ask();
      this.#failures = 0;
    } catch (failure) {
      this.#failures += 1;
      this.failed(failure);
    }
    this.#running = false;
    const again = this.#again && !this.#failures;
    this.#again = false;
    if (!this.#wanted && !again) return;
    const unseen = document.visibilityState === "hidden" ? 10 : 1;
    const pause = again ? SOON : this.every * unseen * Math.min(2 ** this.#failures, 8);
    this.#timer = setTimeout(() => void this.#run(), pause);
  }
}
