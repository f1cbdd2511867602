import { ScheduledTask, type Scheduler } from "../../connection/scheduler.ts";

/** How often some are told to leave, in milliseconds. */
const STEP_MS = 50;

/** Calls something for each of a crowd, spread evenly over a time, so that they do not all come back at once. */
export class Spread<Item> extends ScheduledTask {
  readonly #scheduler: Scheduler;
  readonly #items: readonly Item[];
  readonly #overMs: number;
  readonly #act: (item: Item) => void;
  readonly #startedAt: number;
  #next = 0;

  constructor(scheduler: Scheduler, items: readonly Item[], overMs: number, act: (item: Item) => void) {
    super();
    this.#scheduler = scheduler;
    this.#items = items;
    this.#overMs = overMs;
    this.#act = act;
    this.#startedAt = scheduler.clock.now();
  }

  run(): void {
    const passedMs = this.#scheduler.clock.now() - this.#startedAt;
    const share = this.#overMs === 0 ? 1 : Math.min(1, passedMs / this.#overMs);
    const until = Math.ceil(share * this.#items.length);
    while (this.#next < until) this.#act(this.#items[this.#next++] as Item);
    if (this.#next >= this.#items.length) return;
    const pauseMs = Math.max(STEP_MS, this.#overMs / this.#items.length);
    this.#scheduler.arm(this, Math.min(pauseMs, this.#overMs - passedMs));
  }

  stop(): void {
    this.#scheduler.disarm(this);
  }
}
