import type { Whose } from "./truth.ts";

/** How long connections that were up were down. */
export class Outages {
  /** How often one was up again. */
  reconnects = 0;
  longestMs = 0;
  readonly #since = new Map<Whose, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  begin(whose: Whose): void {
    if (!this.#since.has(whose)) this.#since.set(whose, this.#now());
  }

  /** It is up; gives how long it had been down, if it had been up before. */
  end(whose: Whose): number | undefined {
    const since = this.#since.get(whose);
    if (since === undefined) return undefined;
    this.#since.delete(whose);
    this.reconnects++;
    const downMs = this.#now() - since;
    this.longestMs = Math.max(this.longestMs, downMs);
    return downMs;
  }

  /** A team left: it need not come back. */
  forget(whose: Whose): void {
    this.#since.delete(whose);
  }
}
