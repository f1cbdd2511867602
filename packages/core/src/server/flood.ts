/** How often a flood is told of, and how long it may pause and still be the same one, in milliseconds. */
const TELL_MS = 1_000;

/** How long a flood is borne, in milliseconds. */
const PATIENCE_MS = 10_000;

/** What came over one connection's rate: made at the first message that did. */
export class Flood {
  /** How many messages were dropped since the owner was told last. */
  dropped = 0;
  #since = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** One more was dropped at `now`: whether it is time to tell, or to end it. */
  drop(now: number): "bear" | "tell" | "end" {
    if (now - this.#lastAt > TELL_MS) this.#since = now;
    this.#lastAt = now;
    this.dropped++;
    if (now - this.#since >= PATIENCE_MS) return "end";
    if (now - this.#toldAt < TELL_MS) return "bear";
    this.#toldAt = now;
    return "tell";
  }

  /** Whether some were dropped and not told, and it is time to. */
  mayTell(now: number): boolean {
    if (this.dropped === 0 || now - this.#toldAt < TELL_MS) return false;
    this.#toldAt = now;
    return true;
  }

  /** How many were dropped; from now on it counts anew. */
  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }
}
