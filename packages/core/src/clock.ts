/** What a timer of a {@linkcode Clock} is cancelled by. Its shape belongs to the clock. */
export type TimerHandle = unknown;

/** Time, injected: monotonic, so that a change of the wall clock never looks like silence. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number;
  /** Runs `task` once, `delayMs` milliseconds from now or later. */
  setTimer(task: () => void, delayMs: number): TimerHandle;
  /** Forgets a timer; a timer that has run or was forgotten is ignored. */
  clearTimer(handle: TimerHandle): void;
}

/** The longest delay a host's timer takes, in milliseconds (2^31 − 1); a longer one would fire at once. */
export const MAX_DELAY_MS = 2_147_483_647;

/** The host's own clock: `performance.now` and `setTimeout`. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (task, delayMs) => setTimeout(task, delayMs),
  clearTimer: (handle) => clearTimeout(handle as number),
};

/** A source of randomness: a number in [0, 1), as `Math.random` gives. Used for jitter only, never for ids. */
export type Random = () => number;
