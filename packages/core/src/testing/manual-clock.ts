import type { Clock, TimerHandle } from "../clock.ts";
import { HoldfastError } from "../errors.ts";
import { numberOption } from "../options.ts";
import { checkedMs } from "./check-calls.ts";
import { type HeapTimer, TimerHeap } from "./timer-heap.ts";

/** How long {@linkcode ManualClock.until} waits. */
export interface UntilOptions {
  /** How far time may move, in milliseconds. @default 60000 */
  withinMs?: number;
}

/** A clock that a test moves: time stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** How many timers are armed. */
  readonly pending: number;
  /**
   * Moves time on, running each timer at its moment, and lets promises settle after each.
   * @throws {TypeError | RangeError} at the call, for what is no time or goes back.
   */
  advance(ms: number): Promise<void>;
  /**
   * The loop stalls or the machine sleeps: time jumps, and what was due in between runs late.
   * @throws {TypeError | RangeError} at the call, for what is no time or goes back.
   */
  stall(ms: number): Promise<void>;
  /** Lets promises settle without moving time. */
  settle(): Promise<void>;
  /**
   * Moves time on, timer by timer, until a promise settles, and gives what it gave. Time stands at that moment.
   * @throws {HoldfastError} `timeout` when `withinMs` passed first, saying what was still to come.
   */
  until<Value>(promise: PromiseLike<Value>, options?: UntilOptions): Promise<Value>;
}

/** How many turns of the microtask queue count as settled; the longest chain in core takes far fewer. */
const SETTLE_TURNS = 40;

/**
 * A clock that a test moves.
 *
 * @example
 * ```ts
 * import { createManualClock } from "@holdfast/core/testing";
 *
 * const clock = createManualClock();
 * clock.setTimer(() => console.log("ten seconds later"), 10_000);
 * await clock.advance(10_000);
 *
 * const reply = new Promise((resolve) => clock.setTimer(() => resolve("pong"), 250));
 * console.log(await clock.until(reply, { withinMs: 1_000 }), clock.now()); // pong 10250
 * ```
 */
export function createManualClock(): ManualClock {
  const timers = new TimerHeap();
  let now = 0;
  let order = 0;

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < SETTLE_TURNS; turn++) await null;
  };
  const run = async (timer: HeapTimer): Promise<void> => {
    timers.remove(timer);
    now = Math.max(now, timer.due);
    timer.task();
    await settle();
  };
  const runUntil = async (until: number): Promise<void> => {
    await settle();
    for (let { first } = timers; first !== undefined && first.due <= until; { first } = timers) {
      await run(first);
    }
    now = Math.max(now, until);
  };

  return {
    now: () => now,
    setTimer(task, delayMs) {
      const timer = { due: now + (Math.max(0, delayMs) || 0), order: order++, task, index: -1 };
      timers.add(timer);
      return timer;
    },
    clearTimer(handle: TimerHandle) {
      timers.remove(handle as HeapTimer | null | undefined);
    },
    get pending() {
      return timers.size;
    },
    advance: (ms) => runUntil(now + checkedMs("ms", ms)),
    stall(ms) {
      now += checkedMs("ms", ms);
      return runUntil(now);
    },
    settle,
    async until(promise, options) {
      const withinMs = numberOption("withinMs", options?.withinMs, 60_000);
      const latest = now + withinMs;
      let settled = false;
      const settles = (): void => {
        settled = true;
      };
      promise.then(settles, settles);
      await settle();
      for (let { first } = timers; !settled; { first } = timers) {
        if (first === undefined || first.due > latest) {
          now = latest;
          const next = first === undefined ? "no timer is armed" : `the next timer is due at ${first.due} ms`;
          throw new HoldfastError("timeout", `Promise did not settle within ${withinMs} ms: ${next}`);
        }
        await run(first);
      }
      return promise;
    },
  };
}
