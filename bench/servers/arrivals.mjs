import { performance } from "node:perf_hooks";

/** When clients came, and how many were there at once: for a server that all of them want back to. */
export class Arrivals {
  #dials = [];
  #holds = 0;
  #goal = Number.POSITIVE_INFINITY;
  #reached = () => {};
  #started = performance.now();

  /** Somebody dialled. */
  dialled() {
    this.#dials.push(performance.now() - this.#started);
  }

  /** Somebody is connected. */
  arrived() {
    if (++this.#holds === this.#goal) this.#reached();
  }

  left() {
    this.#holds--;
  }

  /** Resolves when so many are connected; times count from the start of this process' listening. */
  async all(count) {
    if (this.#holds < count) {
      this.#goal = count;
      await new Promise((resolve) => {
        this.#reached = resolve;
      });
    }
    return {
      allBackMs: performance.now() - this.#started,
      peakPerSecond: this.#peak(),
      dials: this.#dials.length,
    };
  }

  /** The most dials in any window of one second. */
  #peak() {
    let from = 0;
    let peak = 0;
    for (let to = 0; to < this.#dials.length; to++) {
      while (this.#dials[to] - this.#dials[from] > 1000) from++;
      peak = Math.max(peak, to - from + 1);
    }
    return peak;
  }
}
