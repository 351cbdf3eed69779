// Asks again and again while somebody wants it: never twice at once, seldom while nobody looks, more seldom after failures.

/** Milliseconds between two questions, however much happens. */
const SOON = 500;

/** Asks every `every` milliseconds, or at once when told so. */
export class Poller {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #again = false;
  #failures = 0;
  #wanted = 0;

  /**
   * @param ask - one question; a failure is told to `failed`, and the next question comes later.
   * @param every - milliseconds between two.
   * @param failed - told each failure.
   */
  constructor(
    private readonly ask: () => Promise<void>,
    private readonly every: number,
    private readonly failed: (failure: unknown) => void,
  ) {}

  /** Ask until the function that is returned is called. */
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

  /** Ask at once, or once more when the question under way is answered. */
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
