/** No window of this length, in milliseconds, holds more than its share of the rate. */
const WINDOW_MS = 100;

/**
 * Spreads dials evenly: at most `rate` / 10 in any 100 ms, rounded up, and within that in steps of a tenth of it, or
 * of one dial where that is longer. Rates under 10 a second are spread dial by dial.
 */
export class Pace {
  /** The times of the latest dials, as a ring that holds one window's share. */
  readonly #times: Float64Array;
  readonly #windowMs: number;
  /** How many dials a step may hold, and how long it is. */
  readonly #perStep: number;
  readonly #stepMs: number;
  #count = 0;

  /** @param rate Dials a second. */
  constructor(rate: number) {
    const perWindow = Math.max(1, Math.ceil((rate * WINDOW_MS) / 1000));
    this.#times = new Float64Array(perWindow);
    this.#windowMs = Math.max(WINDOW_MS, (perWindow * 1000) / rate);
    this.#perStep = Math.max(1, Math.floor(perWindow / 10));
    this.#stepMs = (this.#perStep * this.#windowMs) / perWindow;
  }

  /** How long until the next dial may be made, in milliseconds; 0 or less for now. */
  waitMs(now: number): number {
    const window = this.#nthLatest(this.#times.length) + this.#windowMs;
    const step = this.#nthLatest(this.#perStep) + this.#stepMs;
    return Math.max(window, step) - now;
  }

  /** A dial is made now. */
  spend(now: number): void {
    this.#times[this.#count % this.#times.length] = now;
    this.#count++;
  }

  #nthLatest(nth: number): number {
    if (this.#count < nth) return Number.NEGATIVE_INFINITY;
    return this.#times[(this.#count - nth) % this.#times.length] as number;
  }
}
