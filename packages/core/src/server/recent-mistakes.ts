/** How long a mistake is held against a peer, in milliseconds. */
const MEMORY_MS = 60_000;

/** The mistakes of one connection within the last minute: made at the first. */
export class RecentMistakes {
  /** When they were made, the oldest first. */
  readonly #moments: number[] = [];

  /** One more at `now`: whether there are `max` of them within a minute. */
  add(now: number, max: number): boolean {
    const moments = this.#moments;
    moments.push(now);
    while (moments.length > max || now - (moments[0] ?? now) >= MEMORY_MS) moments.shift();
    return moments.length >= max;
  }
}
