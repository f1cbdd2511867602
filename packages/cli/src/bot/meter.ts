/** How many seconds are remembered. */
const SECONDS = 60;
/** Over how many whole seconds the rate is taken. */
const WINDOW = 3;

/** Counts events by the second. */
export class Meter {
  /** All of them. */
  total = 0;
  readonly #buckets: number[] = Array.from({ length: SECONDS }, () => 0);
  readonly #startedAt: number;
  #second = 0;

  /** @param nowMs The time it starts at, on whatever clock is used later. */
  constructor(nowMs: number) {
    this.#startedAt = nowMs;
  }

  /** Something happened. */
  add(nowMs: number): void {
    this.#moveTo(nowMs);
    this.total++;
    this.#buckets[this.#second % SECONDS] = (this.#buckets[this.#second % SECONDS] ?? 0) + 1;
  }

  /** The mean over the last whole seconds; over what there is, in the first of them. */
  perSecond(nowMs: number): number {
    const whole = this.history(nowMs, WINDOW);
    if (whole.length > 0) return whole.reduce((sum, count) => sum + count, 0) / whole.length;
    return this.total / Math.max(0.5, (nowMs - this.#startedAt) / 1000);
  }

  /** The counts of up to so many whole seconds, the oldest first. */
  history(nowMs: number, seconds: number): number[] {
    this.#moveTo(nowMs);
    const length = Math.min(seconds, this.#second, SECONDS - 1);
    return Array.from(
      { length },
      (_, index) => this.#buckets[(this.#second - length + index) % SECONDS] as number,
    );
  }

  #moveTo(nowMs: number): void {
    const second = Math.max(this.#second, Math.floor((nowMs - this.#startedAt) / 1000));
    const from = Math.max(this.#second + 1, second - SECONDS + 1);
    for (let empty = from; empty <= second; empty++) this.#buckets[empty % SECONDS] = 0;
    this.#second = second;
  }
}
