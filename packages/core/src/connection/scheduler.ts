import { type Clock, MAX_DELAY_MS, type TimerHandle } from "../clock.ts";

/** Whose timer it is; `lateMs` says by how much our own loop missed it. */
export interface TimerOwner {
  onTimer(timer: Timer, lateMs: number): void;
}

/** What a scheduler runs at its time: two numbers, and no closure. */
export abstract class ScheduledTask {
  /** When it is due, on the scheduler's clock. */
  due = 0;
  /** Its place in the heap; −1 while it is not armed. */
  index = -1;

  get armed(): boolean {
    return this.index !== -1;
  }

  /** Its time has come; `lateMs` says by how much our own loop missed it. */
  abstract run(lateMs: number): void;
}

/** A timer that calls its owner. What there are thousands of is a {@linkcode ScheduledTask} itself, and needs none. */
export class Timer extends ScheduledTask {
  /** Whom it calls. */
  readonly owner: TimerOwner;

  constructor(owner: TimerOwner) {
    super();
    this.owner = owner;
  }

  run(lateMs: number): void {
    this.owner.onTimer(this, lateMs);
  }
}

/** How long overdue timers may run before other work of the loop gets its turn, in milliseconds. */
const SLICE_MS = 8;

/** The shortest delay there is but none, in milliseconds. */
const SHORTEST_MS = 0.001;

/**
 * All timers of a manager over one timer of the host: a binary heap, earliest first. After a stall or a sleep
 * the overdue ones run in slices, so that waking up does not block the loop.
 */
export class Scheduler {
  /** The clock it runs on. */
  readonly clock: Clock;
  readonly #heap: ScheduledTask[] = [];
  #handle: TimerHandle | undefined;
  #wakeAt = Number.POSITIVE_INFINITY;

  /** @param clock The clock to run on. */
  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** How many timers are armed. */
  get size(): number {
    return this.#heap.length;
  }

  /** Arms a timer, or moves an armed one. */
  arm(timer: ScheduledTask, delayMs: number): void {
    // What is no number counts as no delay: in the heap it would compare with nothing. A delay so short that adding
    // it changes nothing would be due at once, time and again, on a clock that stands still meanwhile.
    const due = this.clock.now() + (delayMs > 0 ? Math.max(delayMs, SHORTEST_MS) : 0);
    // Whole milliseconds where there are thousands: V8 keeps those without a box. A gate's pace needs the exact time.
    timer.due = timer instanceof Timer ? due : Math.ceil(due);
    if (timer.index === -1) {
      timer.index = this.#heap.length;
      this.#heap.push(timer);
    }
    this.#sift(timer);
    this.#wake();
  }

  /** Disarms a timer; one that is not armed is left alone. */
  disarm(timer: ScheduledTask): void {
    const { index } = timer;
    if (index === -1) return;
    const last = this.#heap.pop() as ScheduledTask;
    timer.index = -1;
    if (last !== timer) {
      last.index = index;
      this.#heap[index] = last;
      this.#sift(last);
    }
    if (this.#heap.length === 0) this.#sleep();
  }

  #run(): void {
    this.#handle = undefined;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    const started = this.clock.now();
    try {
      this.#runOverdue(started);
    } finally {
      // Even if an owner threw, the others' time comes.
      this.#wake();
    }
  }

  #runOverdue(started: number): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      const now = this.clock.now();
      if (first.due > now || now - started > SLICE_MS) break;
      this.disarm(first);
      first.run(now - first.due);
    }
  }

  /** Sees to it that the host's timer is there for the earliest of ours. */
  #wake(): void {
    const first = this.#heap[0];
    if (first === undefined || first.due >= this.#wakeAt) return;
    this.#sleep();
    this.#wakeAt = first.due;
    const delay = Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(first.due - this.clock.now())));
    this.#handle = this.clock.setTimer(() => this.#run(), delay);
  }

  #sleep(): void {
    if (this.#handle !== undefined) this.clock.clearTimer(this.#handle);
    this.#handle = undefined;
    this.#wakeAt = Number.POSITIVE_INFINITY;
  }

  #sift(timer: ScheduledTask): void {
    this.#up(timer);
    this.#down(timer);
  }

  #up(timer: ScheduledTask): void {
    const heap = this.#heap;
    let { index } = timer;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as ScheduledTask;
      if (parent.due <= timer.due) break;
      heap[index] = parent;
      parent.index = index;
      index = above;
    }
    heap[index] = timer;
    timer.index = index;
  }

  #down(timer: ScheduledTask): void {
    const heap = this.#heap;
    let { index } = timer;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      if (
        below + 1 < heap.length &&
        (heap[below + 1] as ScheduledTask).due < (heap[below] as ScheduledTask).due
      )
        below++;
      const child = heap[below] as ScheduledTask;
      if (child.due >= timer.due) break;
      heap[index] = child;
      child.index = index;
      index = below;
    }
    heap[index] = timer;
    timer.index = index;
  }
}
