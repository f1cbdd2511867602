import { expect, test } from "vitest";
import { seededRandom } from "./random.ts";

const draw = (seed: number, stream: number): number[] => {
  const random = seededRandom(seed, stream);
  return Array.from({ length: 1000 }, random);
};

test("a seed repeats its numbers, and another seed or stream has others", () => {
  expect(draw(7, 1)).toEqual(draw(7, 1));
  expect(draw(8, 1)).not.toEqual(draw(7, 1));
  expect(draw(7, 2)).not.toEqual(draw(7, 1));
});

test("numbers lie in [0, 1) and about evenly so", () => {
  const numbers = draw(1, 0);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  const low = numbers.filter((number) => number < 0.5).length;
  expect(low).toBeGreaterThan(430);
  expect(low).toBeLessThan(570);
});
