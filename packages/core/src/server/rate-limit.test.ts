import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

/** How many of `asked` are taken at one moment, and the bucket after it. */
function takeMany(limit: RateLimit, fullAt: number, now: number, asked: number): [number, number] {
  let [taken, bucket] = [0, fullAt];
  for (let count = 0; count < asked; count++) {
    const next = limit.take(bucket, now);
    if (next === undefined) break;
    [taken, bucket] = [taken + 1, next];
  }
  return [taken, bucket];
}

describe("a rate limit", () => {
  test.each([
    [50, 100],
    [3, 7],
    [1, 1],
    [1_000, 1],
    [7, 3],
  ])(
    "%i a second, after a burst of %i: to the last one, also where intervals are fractions",
    (rate, burst) => {
      const limit = new RateLimit(rate, burst);
      const [first, bucket] = takeMany(limit, 0, 12_345.678, burst + 1);
      expect(first).toBe(burst);
      const [next] = takeMany(limit, bucket, 12_345.678 + 1_000, rate + burst + 5);
      expect(next).toBe(Math.min(rate, burst));
    },
  );

  test("says how long to wait, and that is true", () => {
    const limit = new RateLimit(10, 2);
    expect(limit.waitMs(0, 5)).toBe(0);
    const [, bucket] = takeMany(limit, 0, 0, 2);
    expect(limit.waitMs(bucket, 0)).toBe(100);
    expect(limit.take(bucket, 99)).toBeUndefined();
    expect(limit.take(bucket, 100)).toBeDefined();
  });

  test("never takes more than burst and rate allow, in any window", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 300 });
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (all, rate, burst) => {
          const limit = new RateLimit(rate, burst);
          const takenAt: number[] = [];
          let [now, bucket] = [1_000, 0];
          for (const gap of all) {
            now += gap;
            const next = limit.take(bucket, now);
            if (next === undefined) continue;
            bucket = next;
            takenAt.push(now);
          }
          for (let from = 0; from < takenAt.length; from++) {
            for (let to = from; to < takenAt.length; to++) {
              const ms = (takenAt[to] ?? 0) - (takenAt[from] ?? 0);
              expect(to - from + 1).toBeLessThanOrEqual(burst + (ms * rate) / 1_000 + 1e-6);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
