import type { Random } from "@holdfast/core";

/**
 * Randomness that a seed repeats (mulberry32): the same seed gives the same numbers.
 *
 * @param seed Any integer; its lowest 32 bits count.
 * @param stream Which of a seed's independent sequences, so that one consumer's draws do not shift another's.
 */
export function seededRandom(seed: number, stream: number = 0): Random {
  let state = (seed ^ Math.imul(stream, 0x9e3779b9)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of a list. */
export function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}
