import type { Clock, TimerHandle } from "../clock.ts";

interface ManualTimer {
  readonly due: number;
  readonly order: number;
  readonly task: () => void;
}

/** A clock that a test moves: time stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** How many timers are armed. */
  readonly pending: number;
  /** Moves time on, running each timer at its moment, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** The loop stalls or the machine sleeps: time jumps, and what was due in between runs late. */
  stall(ms: number): Promise<void>;
  /** Lets promises settle without moving time. */
  settle(): Promise<void>;
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
 * ```
 */
export function createManualClock(): ManualClock {
  const timers = new Set<ManualTimer>();
  let now = 0;
  let order = 0;

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < SETTLE_TURNS; turn++) await null;
  };
  const earliest = (): ManualTimer | undefined => {
    let first: ManualTimer | undefined;
    for (const timer of timers) {
      if (
        first === undefined ||
        timer.due < first.due ||
        (timer.due === first.due && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  };
  const runUntil = async (until: number): Promise<void> => {
    await settle();
    for (let timer = earliest(); timer !== undefined && timer.due <= until; timer = earliest()) {
      timers.delete(timer);
      now = Math.max(now, timer.due);
      timer.task();
      await settle();
    }
    now = Math.max(now, until);
  };

  return {
    now: () => now,
    setTimer(task, delayMs) {
      const timer = { due: now + (Math.max(0, delayMs) || 0), order: order++, task };
      timers.add(timer);
      return timer;
    },
    clearTimer(handle: TimerHandle) {
      timers.delete(handle as ManualTimer);
    },
    get pending() {
      return timers.size;
    },
    advance: (ms) => runUntil(now + ms),
    async stall(ms) {
      now += ms;
      await runUntil(now);
    },
    settle,
  };
}
