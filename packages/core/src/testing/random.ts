import type { Random } from "../clock.ts";
import { checkInteger } from "./check-calls.ts";

/**
 * Randomness that a seed repeats (mulberry32): the same seed gives the same numbers, on every runtime.
 *
 * @param seed Any integer; its lowest 32 bits count.
 * @param stream Which of a seed's independent sequences, so that one consumer's draws do not shift another's.
 * @throws {TypeError | RangeError} for what is no integer.
 * @example
 * ```ts
 * import { seededRandom } from "@holdfast/core/testing";
 *
 * const random = seededRandom(7);
 * const latencyMs = 5 + Math.floor(random() * 20);
 * ```
 */
export function seededRandom(seed: number, stream: number = 0): Random {
  checkInteger("seed", seed);
  checkInteger("stream", stream);
  let state = (seed ^ Math.imul(stream, 0x9e3779b9)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
