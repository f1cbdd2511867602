import { MAX_DELAY_MS, type Random } from "../clock.ts";
import { isThenable } from "../deferred.ts";
import { numberOption, objectOption } from "../options.ts";

/**
 * How long to wait before attempt `failures + 1`, in milliseconds, after `failures` attempts in a row that did
 * not prove themselves. What it returns is clamped: never under 10 ms, never over 2^31 − 1; 30 s if it throws.
 */
export type BackoffFunction = (failures: number, random: Random) => number;

/** Exponential backoff with full jitter. */
export interface BackoffOptions {
  /** The first attempt's longest wait, in milliseconds. @default 1000 */
  baseMs?: number;
  /** The longest wait of all, in milliseconds; jitter applies here too. @default 60000 */
  maxMs?: number;
  /** What the longest wait is multiplied by after each failure. @default 2 */
  factor?: number;
  /**
   * The shortest wait as a share of the longest, from 0 to 1: 0 is jitter over the whole range, 1 is none.
   * @default 0.2
   */
  floor?: number;
}

/** The shortest wait that any backoff gives, in milliseconds: nothing may reconnect in a tight loop. */
const FLOOR_MS = 10;
/** What is waited when a user's function throws or gives no number, in milliseconds. */
const SAFE_MS = 30_000;

/**
 * Exponential backoff with jitter over the whole wait but a floor, also at the cap: a crowd that fell together
 * does not come back together. The floor is what makes it a promise: without it one peer in five that accepts and
 * drops at once is dialled more than twelve times in 100 s, with it none in 200,000.
 *
 * @throws {RangeError | TypeError} for an option out of its bounds.
 * @example
 * ```ts
 * import { backoff } from "@holdfast/core";
 *
 * const delay = backoff({ baseMs: 500, maxMs: 10_000 });
 * const beforeThirdTry = delay(2, Math.random); // 200 … 1000
 * ```
 */
export function backoff(options: BackoffOptions | BackoffFunction = {}): BackoffFunction {
  if (typeof options === "function") {
    return (failures, random) => {
      try {
        const delayMs: unknown = options(failures, random);
        // A promise is no number; should it reject, nobody else is there to take that.
        if (isThenable(delayMs)) delayMs.then(undefined, () => {});
        return clampDelay(delayMs as number);
      } catch {
        return SAFE_MS;
      }
    };
  }
  const given = objectOption("backoff", options);
  const baseMs = numberOption("backoff.baseMs", given.baseMs, 1_000, {
    min: 1,
  });
  const maxMs = numberOption("backoff.maxMs", given.maxMs, Math.max(60_000, baseMs), { min: baseMs });
  const factor = numberOption("backoff.factor", given.factor, 2, {
    min: 1,
    max: 100,
  });
  const floor = numberOption("backoff.floor", given.floor, 0.2, { min: 0, max: 1 });
  return (failures, random) => {
    const ceiling = Math.min(maxMs, baseMs * factor ** Math.max(0, failures - 1));
    return clampDelay(ceiling * (floor + random() * (1 - floor)));
  };
}

/** A delay that a timer can take: what is no number becomes 30 s, and what is negative the floor: never a tight loop. */
export function clampDelay(delayMs: number): number {
  if (typeof delayMs !== "number" || Number.isNaN(delayMs)) return SAFE_MS;
  return Math.min(MAX_DELAY_MS, Math.max(FLOOR_MS, delayMs));
}
