/**
 * A token bucket for thousands of peers: the bucket of one is a single number, the moment at which it will be full
 * again, and what is shared is here. It starts full, at 0 or at any moment that has passed.
 */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #spanMs: number;

  /**
   * @param perSecond How many are taken in the long run.
   * @param burst How many are taken at once.
   */
  constructor(perSecond: number, burst: number) {
    this.#intervalMs = 1_000 / perSecond;
    this.#spanMs = burst * this.#intervalMs;
  }

  /** Takes one at `now`: the bucket's new number, or `undefined` where it is empty and nothing was taken. */
  take(fullAt: number, now: number): number | undefined {
    const next = Math.max(fullAt, now) + this.#intervalMs;
    // A millionth of a millisecond: fractions that do not add up exactly must not cost the last one of a burst.
    return next - now > this.#spanMs + 1e-6 ? undefined : next;
  }

  /** Gives one back. */
  giveBack(fullAt: number): number {
    return fullAt - this.#intervalMs;
  }

  /** How long until there is one to take, in milliseconds. */
  waitMs(fullAt: number, now: number): number {
    return Math.max(0, fullAt + this.#intervalMs - this.#spanMs - now);
  }
}
