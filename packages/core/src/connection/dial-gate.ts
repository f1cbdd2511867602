import { integerOption, numberOption, objectOption } from "../options.ts";
import { Pace } from "./pace.ts";
import { type Scheduler, Timer, type TimerOwner } from "./scheduler.ts";

/** How fast a manager may dial. */
export interface DialLimits {
  /** Dials a second, spread evenly. @default 200 */
  rate?: number;
  /**
   * Attempts under way at once: those that dial, and those that ask for their address. Who waits for its address for
   * more than a second counts no longer, up to ten times this number. @default 100
   */
  concurrency?: number;
}

/** Somebody who waits for the gate. None of its methods is called from inside a method of the gate's. */
export interface DialWaiter {
  /** Higher goes first; within one priority the order is that of asking. @default 0 */
  readonly priority: number;
  /** The host to be dialled, where it is known: a host that said "later" holds back its own waiters only. */
  readonly host: string;
  /** It has a slot, until it calls `release`: it may find out its address, and then ask for its turn. */
  onGranted(): void;
  /** It is its turn to dial, now. */
  onTurn(): void;
  /** The host it wants to dial is held: it gives its slot back and enters again. */
  onHeld(): void;
}

/** A host that is left alone, until when, and who waits for that. Its timer is armed only as long as somebody does. */
interface Hold {
  until: number;
  readonly timer: Timer;
  readonly waiters: Set<DialWaiter>;
}

/** Who has asked for its address for this long, in milliseconds, asks on without a slot: others go ahead. */
const ASK_MS = 1_000;
/** How many may ask on without a slot: for each slot there is, and for each that a second's turns could use. */
const SLOW_PER_SLOT = 10;
const SLOW_PER_AHEAD = 5;

/** Slots are given to those whose turn will come within this time, in milliseconds: an address must not grow stale. */
const AHEAD_MS = 1_000;

/**
 * The one gate for all dials of a manager. Whoever wants to dial waits for one of `concurrency` slots, finds out
 * the address, and then waits for its turn. Turns are spread evenly, see {@linkcode Pace}. A positive priority needs no free slot, so that
 * dials that hang cannot lock it out.
 */
export class DialGate implements TimerOwner {
  readonly #scheduler: Scheduler;
  readonly #timer = new Timer(this);
  readonly #concurrency: number;
  readonly #maxAhead: number;
  readonly #maxSlow: number;
  readonly #pace: Pace;
  /** Waiters by priority, highest first, each lane in the order of asking. */
  #lanes: Array<{ readonly priority: number; readonly waiters: Set<DialWaiter> }> = [];
  readonly #holds = new Map<string, Hold>();
  /** Who has a slot and has not dialled yet, and who of them waits for its turn. */
  readonly #ahead = new Map<DialWaiter, number>();
  /** Who asks on without a slot. */
  readonly #slow = new Set<DialWaiter>();
  readonly #turns = new Set<DialWaiter>();
  readonly #firstTurns = new Set<DialWaiter>();
  #slots = 0;
  /** Those of `ahead` with a positive priority. */
  #firstAhead = 0;

  /**
   * @param scheduler Whose clock paces the dials.
   * @throws {RangeError | TypeError} for an option out of its bounds.
   */
  constructor(scheduler: Scheduler, options: DialLimits = {}) {
    const given = objectOption("dials", options);
    const rate = numberOption("dials.rate", given.rate, 200, { min: 0.001, max: 1_000_000 });
    this.#concurrency = integerOption("dials.concurrency", given.concurrency, 100, { min: 1 });
    this.#scheduler = scheduler;
    this.#maxAhead = Math.max(1, Math.floor((rate * AHEAD_MS) / 1000));
    this.#maxSlow = Math.min(this.#concurrency * SLOW_PER_SLOT, this.#maxAhead * SLOW_PER_AHEAD);
    this.#pace = new Pace(rate);
  }

  /** How many wait for a slot. */
  get waiting(): number {
    let count = 0;
    for (const { waiters } of this.#lanes) count += waiters.size;
    for (const { waiters } of this.#holds.values()) count += waiters.size;
    return count;
  }

  /** How many attempts are under way, with a slot or without. */
  get dialing(): number {
    return this.#slots + this.#slow.size;
  }

  /** Waits for a slot. */
  enter(waiter: DialWaiter): void {
    const hold = this.#holds.size === 0 ? undefined : this.#holdOf(waiter.host);
    if (hold !== undefined) {
      hold.waiters.add(waiter);
      return this.#armHold(hold);
    }
    const lane = this.#lane(waiter.priority);
    lane.add(waiter);
    // Behind somebody else nothing is sooner than it was: thousands may enter at once.
    if (lane.size === 1 || !this.#timer.armed) this.#schedule();
  }

  /** Stops waiting for a slot. */
  leave(waiter: DialWaiter): void {
    for (const { waiters } of this.#lanes) waiters.delete(waiter);
    this.#unwait(waiter);
    this.#schedule();
  }

  /** With a slot: waits for the turn to dial. */
  turn(waiter: DialWaiter): void {
    if (this.#slow.delete(waiter)) this.#take(waiter);
    if (this.#ahead.has(waiter)) (waiter.priority > 0 ? this.#firstTurns : this.#turns).add(waiter);
    this.#schedule();
  }

  /** Gives the slot back, dialled or not. */
  release(waiter: DialWaiter): void {
    if (this.#slow.delete(waiter)) return;
    this.#settle(waiter);
    this.#slots--;
    this.#schedule();
  }

  /** A host asked to be left alone: all who want to dial it wait, for `delayMs` from now or longer. */
  hold(host: string, delayMs: number): void {
    const until = this.#scheduler.clock.now() + delayMs;
    const known = this.#holdOf(host);
    if (known !== undefined) known.until = Math.max(known.until, until);
    const timer = new Timer({ onTimer: () => this.#unhold(host) });
    const hold = known ?? { until, timer, waiters: new Set<DialWaiter>() };
    this.#holds.set(host, hold);
    for (const { waiters } of this.#lanes) {
      for (const waiter of waiters) {
        if (waiter.host === host && waiters.delete(waiter)) hold.waiters.add(waiter);
      }
    }
    this.#armHold(hold);
    this.#schedule();
  }

  /** The gate's own timer: turns that have come, then slots that are free. */
  onTimer(): void {
    // Whoever holds a slot for a held host would keep it from those who want another.
    for (const waiter of this.#heldTurns()) waiter.onHeld();
    this.#letSlowAskersGo();
    for (let next = this.#nextTurn(); next !== undefined && this.#paceMs() <= 0; next = this.#nextTurn()) {
      this.#settle(next);
      next.onTurn();
      // After the dial: noted before it, a stall in between would bring the dial nearer to those that follow.
      this.#pace.spend(this.#scheduler.clock.now());
    }
    for (let lane = this.#nextLane(); lane !== undefined && this.#slotMs() <= 0; lane = this.#nextLane()) {
      const [waiter] = lane;
      if (waiter === undefined) break;
      lane.delete(waiter);
      this.#take(waiter);
      waiter.onGranted();
    }
    this.#schedule();
  }

  #unhold(host: string): void {
    const hold = this.#holds.get(host);
    this.#holds.delete(host);
    for (const waiter of hold?.waiters ?? [])
      if (!this.#ahead.has(waiter)) this.#lane(waiter.priority).add(waiter);
    this.#schedule();
  }

  /** The hold on a host, if it has not run out. */
  #holdOf(host: string): Hold | undefined {
    const hold = this.#holds.get(host);
    if (hold === undefined || hold.until > this.#scheduler.clock.now() || hold.waiters.size > 0) return hold;
    this.#holds.delete(host);
    return undefined;
  }

  #armHold({ until, timer, waiters }: Hold): void {
    if (waiters.size > 0) this.#scheduler.arm(timer, Math.max(0, until - this.#scheduler.clock.now()));
    else this.#scheduler.disarm(timer);
  }

  /** It waits for no host any more; its host may have changed since it began to. */
  #unwait(waiter: DialWaiter): void {
    for (const hold of this.#holds.values()) if (hold.waiters.delete(waiter)) this.#armHold(hold);
  }

  #lane(priority: number): Set<DialWaiter> {
    const known = this.#lanes.find((lane) => lane.priority === priority);
    if (known !== undefined) return known.waiters;
    const lane = { priority, waiters: new Set<DialWaiter>() };
    this.#lanes = [...this.#lanes, lane].sort((a, b) => b.priority - a.priority);
    return lane.waiters;
  }

  /** The lane whose first waiter may have a slot now. A positive priority is kept back by its own kind alone. */
  #nextLane(): Set<DialWaiter> | undefined {
    const lane = this.#lanes.find(({ waiters }) => waiters.size > 0);
    if (lane === undefined) return undefined;
    if (lane.priority > 0) return this.#firstAhead < this.#maxAhead ? lane.waiters : undefined;
    const ahead = this.#ahead.size - this.#firstAhead;
    return this.#slots < this.#concurrency && ahead < this.#maxAhead ? lane.waiters : undefined;
  }

  /** It is no longer ahead of its turn: it has come, or it was given up. */
  #settle(waiter: DialWaiter): void {
    if (this.#ahead.delete(waiter) && waiter.priority > 0) this.#firstAhead--;
    this.#turns.delete(waiter);
    this.#firstTurns.delete(waiter);
  }

  #nextTurn(): DialWaiter | undefined {
    for (const waiter of this.#firstTurns) return waiter;
    for (const waiter of this.#turns) return waiter;
    return undefined;
  }

  #take(waiter: DialWaiter): void {
    this.#slots++;
    this.#ahead.set(waiter, this.#scheduler.clock.now());
    if (waiter.priority > 0) this.#firstAhead++;
  }

  /** A server that does not answer some of those who ask must not keep the others from asking. */
  #letSlowAskersGo(): void {
    const now = this.#scheduler.clock.now();
    for (const [waiter, since] of this.#ahead) {
      if (now - since < ASK_MS || this.#slow.size >= this.#maxSlow) return;
      if (this.#turns.has(waiter) || this.#firstTurns.has(waiter)) continue;
      this.#settle(waiter);
      this.#slots--;
      this.#slow.add(waiter);
    }
  }

  /** How long until somebody may ask on without a slot, so that others get it. */
  #slowMs(): number {
    if (this.#slow.size >= this.#maxSlow) return Number.POSITIVE_INFINITY;
    for (const [waiter, since] of this.#ahead) {
      if (this.#turns.has(waiter) || this.#firstTurns.has(waiter)) continue;
      return since + ASK_MS - this.#scheduler.clock.now();
    }
    return Number.POSITIVE_INFINITY;
  }

  #heldTurns(): DialWaiter[] {
    if (this.#holds.size === 0) return [];
    return [...this.#firstTurns, ...this.#turns].filter(({ host }) => this.#holdOf(host) !== undefined);
  }

  #paceMs(): number {
    return this.#pace.waitMs(this.#scheduler.clock.now());
  }

  /** How long until a slot may be given: at a pace of less than one dial a second, not long before the turn. */
  #slotMs(): number {
    return this.#ahead.size > 0 ? 0 : this.#paceMs() - AHEAD_MS;
  }

  #schedule(): void {
    const held = this.#holds.size > 0 && this.#heldTurns().length > 0;
    const turn = held ? 0 : this.#nextTurn() !== undefined ? this.#paceMs() : Number.POSITIVE_INFINITY;
    const waits = this.#lanes.some(({ waiters }) => waiters.size > 0);
    const slot =
      this.#nextLane() !== undefined ? this.#slotMs() : waits ? this.#slowMs() : Number.POSITIVE_INFINITY;
    const delayMs = Math.max(0, Math.min(turn, slot));
    if (delayMs === Number.POSITIVE_INFINITY) this.#scheduler.disarm(this.#timer);
    else this.#scheduler.arm(this.#timer, delayMs);
  }
}
