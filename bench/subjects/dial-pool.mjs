/** Dials many, so many at once: each that says hello makes room for the next. It keeps nothing for a connection. */
export class DialPool {
  #dial;
  #concurrency;
  #goal = 0;
  #dialled = 0;
  #arrived = 0;
  #done = () => {};

  constructor(dial, concurrency) {
    this.#dial = dial;
    this.#concurrency = concurrency;
  }

  /** Connects up to this number; resolves when all of them have said hello. */
  fill(count) {
    this.#goal = count;
    return new Promise((resolve) => {
      this.#done = resolve;
      for (let free = this.#concurrency; free > 0; free--) this.#next();
    });
  }

  /** Another one has said hello. */
  arrived() {
    // Whoever comes back was counted before.
    if (this.#arrived === this.#goal) return;
    this.#arrived++;
    if (this.#arrived === this.#goal) this.#done();
    else this.#next();
  }

  #next() {
    if (this.#dialled < this.#goal) this.#dial(++this.#dialled);
  }
}
