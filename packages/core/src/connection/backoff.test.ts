import { describe, expect, test } from "vitest";
import type { Random } from "../clock.ts";
import { type BackoffFunction, backoff, clampDelay } from "./backoff.ts";

const MAX_MS = 2 ** 31 - 1;

/** Reproducible randomness (mulberry32). */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
const least: Random = () => 0;
const most: Random = () => 1 - 2 ** -53;
const waits = (delay: BackoffFunction, random: Random, failures: number[]): number[] =>
  failures.map((count) => Math.round(delay(count, random)));

describe("exponential backoff", () => {
  test("doubles its longest wait from one second up to sixty, and never waits less than a fifth of that", () => {
    const delay = backoff();
    const failures = [1, 2, 3, 4, 5, 6, 7, 100];
    expect(waits(delay, most, failures)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ]);
    expect(waits(delay, least, failures)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_000, 12_000]);
  });

  test("takes base, factor, cap and floor as it is told", () => {
    const delay = backoff({ baseMs: 500, factor: 3, maxMs: 10_000, floor: 0.1 });
    expect(waits(delay, most, [1, 2, 3, 4])).toEqual([500, 1_500, 4_500, 10_000]);
    expect(waits(delay, least, [1, 2, 3, 4])).toEqual([50, 150, 450, 1_000]);
  });

  test("a factor of one stays where it is, and a huge one overflows into the cap", () => {
    expect(waits(backoff({ factor: 1 }), most, [1, 2, 1e9])).toEqual([1_000, 1_000, 1_000]);
    expect(waits(backoff({ factor: 100 }), most, [1, 2, 1e9])).toEqual([1_000, 60_000, 60_000]);
  });

  test("a base alone may be above the default cap, and a floor may be none or all", () => {
    expect(waits(backoff({ baseMs: 90_000 }), most, [1, 2])).toEqual([90_000, 90_000]);
    expect(waits(backoff({ floor: 0 }), least, [1, 9])).toEqual([10, 10]);
    expect(waits(backoff({ floor: 1 }), least, [1, 2])).toEqual([1_000, 2_000]);
  });

  test.each([0, -1, Number.NaN])("%s failures wait as one does", (failures) => {
    const delay = backoff()(failures, most);
    expect(delay).toBeGreaterThan(10);
    expect(delay).toBeLessThanOrEqual(60_000);
    expect(backoff()(0, most)).toBe(backoff()(1, most));
  });

  test("C40 after a connection that proved itself the first wait is at most a second", () => {
    const random = seeded(40);
    const delays = Array.from({ length: 1_000 }, () => backoff()(1, random));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(200);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1_000);
  });

  test("C41 `backoff` still jitters at the cap, from the floor up", () => {
    const random = seeded(41);
    const delays = Array.from({ length: 1_000 }, () => backoff()(50, random));
    expect(Math.min(...delays)).toBeLessThan(13_000);
    expect(Math.max(...delays)).toBeGreaterThan(59_000);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    const variance = delays.reduce((sum, delay) => sum + (delay - mean) ** 2, 0) / delays.length;
    // Of a uniform distribution the deviation is its width over √12: 13856 ms.
    expect(Math.sqrt(variance)).toBeGreaterThan(13_000);
  });

  test("C42 two connections made at once wait differently, on one source of randomness", () => {
    const random = seeded(42);
    for (let failures = 1; failures < 20; failures++) {
      expect(backoff()(failures, random)).not.toBe(backoff()(failures, random));
    }
  });

  test.each([
    { baseMs: 0 },
    { baseMs: Number.NaN },
    { baseMs: 2 ** 31 },
    { maxMs: 999 },
    { baseMs: 5_000, maxMs: 4_999 },
    { factor: 0.5 },
    { factor: Number.POSITIVE_INFINITY },
    { floor: -0.1 },
    { floor: 1.1 },
  ])("C43 refuses %j", (options) => expect(() => backoff(options)).toThrow(RangeError));

  test("refuses what is no options object", () => {
    for (const bad of [null, 5, "fast", []]) expect(() => backoff(bad as never)).toThrow(TypeError);
    expect(() => backoff({ baseMs: "1000" as never })).toThrow(TypeError);
  });
});

describe("C43 a user's function", () => {
  test.each([
    [250, 250],
    [0, 10],
    [-5, 10],
    [Number.NEGATIVE_INFINITY, 10],
    [9.99, 10],
    [MAX_MS, MAX_MS],
    [2 ** 31, MAX_MS],
    [Number.POSITIVE_INFINITY, MAX_MS],
    [Number.NaN, 30_000],
    [undefined, 30_000],
    [null, 30_000],
    ["5", 30_000],
    [5n, 30_000],
    [{ valueOf: (): number => 5 }, 30_000],
  ])("that gives %s waits %d ms", (given, waited) => {
    expect(backoff(() => given as number)(1, least)).toBe(waited);
    expect(clampDelay(given as number)).toBe(waited);
  });

  test("that throws waits 30 s", () => {
    const delay = backoff(() => {
      throw new Error("mine");
    });
    expect(delay(1, least)).toBe(30_000);
  });

  test("is told the failures and where to get randomness", () => {
    const told: unknown[] = [];
    backoff((...all) => told.push(...all))(3, most);
    expect(told).toEqual([3, most]);
  });
});

describe("C43 built-in backoff on odd randomness", () => {
  test.each([Number.NaN, -1, 2, Number.POSITIVE_INFINITY])("%s never makes a tight loop", (value) => {
    expect(backoff()(5, () => value)).toBeGreaterThanOrEqual(10);
    expect(backoff()(5, () => value)).toBeLessThanOrEqual(MAX_MS);
  });

  test("nor does a floor of zero", () => expect(backoff({ floor: 0 })(1, least)).toBe(10));
});

test("C38 a peer that accepts and drops at once is dialled at most 12 times in 100 s", () => {
  const delay = backoff();
  const tally = new Map<number, number>();
  for (let seed = 1; seed <= 1_000; seed++) {
    const random = seeded(seed);
    let attempts = 0;
    for (let now = 0; now <= 100_000; now += delay(attempts, random)) attempts++;
    tally.set(attempts, (tally.get(attempts) ?? 0) + 1);
  }
  const above = [...tally].filter(([attempts]) => attempts > 12);
  expect(Object.fromEntries(above)).toEqual({});
});
