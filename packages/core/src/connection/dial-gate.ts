import { numberOption, objectOption } from "../options.ts";
import { type Scheduler, Timer, type TimerOwner } from "./scheduler.ts";

/** How fast a manager may dial. */
export interface DialOptionsOfGate {
  /** Dials a second, spread evenly. @default 200 */
  rate?: number;
  /** Dials under way at once. @default 100 */
  concurrency?: number;
}

/** Somebody who waits for the gate. */
export interface DialWaiter {
  /** Higher goes first; within one priority the order is that of asking. @default 0 */
  readonly priority: number;
  /** The host to be dialled, where it is known: a host that said "later" holds back its own waiters only. */
  readonly host: string;
  /** Called once, never inside `enter`. The waiter then owns a slot until it calls `release`. */
  onGranted(): void;
}

interface Hold {
  timer: Timer;
  readonly waiters: Set<DialWaiter>;
}

/**
 * The one gate for all dials of a manager. Dials are spread evenly and never exceed `rate` in any window of a
 * hundredth of a second or of one dial, whichever is longer. A waiter with a positive priority needs no free
 * slot, so that dials that hang cannot lock it out.
 */
export class DialGate implements TimerOwner {
  readonly #scheduler: Scheduler;
  readonly #timer = new Timer(this);
  readonly #concurrency: number;
  /** The times of the latest dials: as many as one window may hold. */
  readonly #recent: number[] = [];
  readonly #perWindow: number;
  readonly #windowMs: number;
  /** Waiters by priority, highest first, each lane in the order of asking. */
  #lanes: Array<{
    readonly priority: number;
    readonly waiters: Set<DialWaiter>;
  }> = [];
  readonly #holds = new Map<string, Hold>();
  #dialing = 0;

  /**
   * @param scheduler Whose clock paces the dials.
   * @throws {RangeError | TypeError} for an option out of its bounds.
   */
  constructor(scheduler: Scheduler, options: DialOptionsOfGate = {}) {
    const given = objectOption("dials", options);
    const rate = numberOption("dials.rate", given.rate, 200, {
      min: 0.001,
      max: 1_000_000,
    });
    this.#concurrency = numberOption("dials.concurrency", given.concurrency, 100, { min: 1 });
    this.#scheduler = scheduler;
    this.#perWindow = Math.max(1, Math.floor(rate / 100));
    this.#windowMs = (this.#perWindow * 1000) / rate;
  }

  /** How many wait. */
  get waiting(): number {
    let count = 0;
    for (const { waiters } of this.#lanes) count += waiters.size;
    for (const { waiters } of this.#holds.values()) count += waiters.size;
    return count;
  }

  /** How many slots are taken. */
  get dialing(): number {
    return this.#dialing;
  }

  /** Waits for a slot. */
  enter(waiter: DialWaiter): void {
    const hold = this.#holds.get(waiter.host);
    if (hold !== undefined) hold.waiters.add(waiter);
    else {
      this.#lane(waiter.priority).add(waiter);
      this.#schedule();
    }
  }

  /** Stops waiting. */
  leave(waiter: DialWaiter): void {
    for (const { waiters } of this.#lanes) waiters.delete(waiter);
    this.#holds.get(waiter.host)?.waiters.delete(waiter);
    if (this.#next() === undefined) this.#scheduler.disarm(this.#timer);
  }

  /** Gives a slot back. */
  release(): void {
    this.#dialing--;
    this.#schedule();
  }

  /** A host asked to be left alone: all who want to dial it wait, for `delayMs` from now or longer. */
  hold(host: string, delayMs: number): void {
    let hold = this.#holds.get(host);
    if (hold === undefined) {
      const owner: TimerOwner = { onTimer: () => this.#unhold(host) };
      hold = { timer: new Timer(owner), waiters: new Set() };
      this.#holds.set(host, hold);
      for (const { waiters } of this.#lanes) {
        for (const waiter of waiters) {
          if (waiter.host !== host) continue;
          waiters.delete(waiter);
          hold.waiters.add(waiter);
        }
      }
    }
    const due = this.#scheduler.clock.now() + delayMs;
    if (!hold.timer.armed || hold.timer.due < due) this.#scheduler.arm(hold.timer, delayMs);
  }

  /** The gate's own timer: it is time for the next dial. */
  onTimer(): void {
    for (let lane = this.#next(); lane !== undefined && this.#waitMs() <= 0; lane = this.#next()) {
      const [waiter] = lane;
      if (waiter === undefined) break;
      lane.delete(waiter);
      this.#dialing++;
      this.#recent.push(this.#scheduler.clock.now());
      if (this.#recent.length > this.#perWindow) this.#recent.shift();
      waiter.onGranted();
    }
    this.#schedule();
  }

  #unhold(host: string): void {
    const hold = this.#holds.get(host);
    this.#holds.delete(host);
    for (const waiter of hold?.waiters ?? []) this.#lane(waiter.priority).add(waiter);
    this.#schedule();
  }

  #lane(priority: number): Set<DialWaiter> {
    const known = this.#lanes.find((lane) => lane.priority === priority);
    if (known !== undefined) return known.waiters;
    const lane = { priority, waiters: new Set<DialWaiter>() };
    this.#lanes = [...this.#lanes, lane].sort((a, b) => b.priority - a.priority);
    return lane.waiters;
  }

  /** The lane whose first waiter may dial as far as slots go. */
  #next(): Set<DialWaiter> | undefined {
    const lane = this.#lanes.find(({ waiters }) => waiters.size > 0);
    if (lane === undefined) return undefined;
    return this.#dialing < this.#concurrency || lane.priority > 0 ? lane.waiters : undefined;
  }

  #waitMs(): number {
    const oldest = this.#recent[0];
    if (oldest === undefined || this.#recent.length < this.#perWindow) return 0;
    return oldest + this.#windowMs - this.#scheduler.clock.now();
  }

  #schedule(): void {
    if (!this.#timer.armed && this.#next() !== undefined) {
      this.#scheduler.arm(this.#timer, Math.max(0, this.#waitMs()));
    }
  }
}
