/** A timer of a manual clock. */
export interface HeapTimer {
  /** When it is due. */
  readonly due: number;
  /** Timers of one moment run in the order of setting. */
  readonly order: number;
  readonly task: () => void;
  /** Its place in the heap; −1 once it ran or was forgotten. */
  index: number;
}

/** The timers of a manual clock as a binary heap, the earliest first: an hour of a thousand teams has millions. */
export class TimerHeap {
  readonly #timers: HeapTimer[] = [];

  /** How many there are. */
  get size(): number {
    return this.#timers.length;
  }

  /** The one that is due first. */
  get first(): HeapTimer | undefined {
    return this.#timers[0];
  }

  /** Takes one in. */
  add(timer: HeapTimer): void {
    timer.index = this.#timers.length;
    this.#timers.push(timer);
    this.#up(timer);
  }

  /** Takes one out; what is not in here is ignored. */
  remove(timer: HeapTimer | null | undefined): void {
    const index = timer?.index ?? -1;
    if (timer == null || this.#timers[index] !== timer) return;
    timer.index = -1;
    const last = this.#timers.pop() as HeapTimer;
    if (last === timer) return;
    this.#put(last, index);
    this.#up(last);
    this.#down(last);
  }

  #up(timer: HeapTimer): void {
    while (timer.index > 0) {
      const parent = this.#timers[(timer.index - 1) >> 1] as HeapTimer;
      if (isBefore(parent, timer)) return;
      this.#swap(parent, timer);
    }
  }

  #down(timer: HeapTimer): void {
    for (;;) {
      const left = this.#timers[2 * timer.index + 1];
      const right = this.#timers[2 * timer.index + 2];
      if (left === undefined) return;
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (isBefore(timer, child)) return;
      this.#swap(timer, child);
    }
  }

  #swap(above: HeapTimer, below: HeapTimer): void {
    const { index } = above;
    this.#put(above, below.index);
    this.#put(below, index);
  }

  #put(timer: HeapTimer, index: number): void {
    this.#timers[index] = timer;
    timer.index = index;
  }
}

function isBefore(a: HeapTimer, b: HeapTimer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
