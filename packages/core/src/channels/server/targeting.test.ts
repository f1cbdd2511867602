import { expect, test } from "vitest";
import { seededRandom } from "../../testing/mod.ts";
import { choose, cryptoDraw } from "./targeting.ts";

test("S40 nobody is chosen twice, and all of them are chosen where all are asked for", () => {
  const crowd = Array.from({ length: 50 }, (_, index) => index);
  for (let count = 0; count <= 50; count++) {
    const chosen = choose(crowd, count);
    expect(new Set(chosen).size).toBe(count);
    expect(chosen.every((item) => crowd.includes(item))).toBe(true);
  }
});

test("S40 every pair of ten has the same chance: chi-squared over 90,000 draws", () => {
  const random = seededRandom(7);
  const draw = (limit: number): number => Math.floor(random() * limit);
  const crowd = Array.from({ length: 10 }, (_, index) => index);
  const counts = new Map<string, number>();
  for (let round = 0; round < 90_000; round++) {
    const pair = choose(crowd, 2, draw)
      .sort((left, right) => left - right)
      .join();
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  expect(counts.size).toBe(45);
  let chiSquared = 0;
  for (const count of counts.values()) chiSquared += (count - 2_000) ** 2 / 2_000;
  // 44 degrees of freedom: one in a thousand fair sources is over 78.7.
  expect(chiSquared).toBeLessThan(78.7);
});

test("S40 numbers from the cryptographic source stay below the limit and reach all of it", () => {
  for (const limit of [1, 2, 3, 10]) {
    const seen = new Set(Array.from({ length: 2_000 }, () => cryptoDraw(limit)));
    expect([...seen].sort((left, right) => left - right)).toEqual(Array.from({ length: limit }, (_, n) => n));
  }
});
