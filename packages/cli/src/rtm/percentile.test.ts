import { expect, test } from "vitest";
import { percentile } from "./percentile.ts";

test("a percentile is the smallest value that enough of all values do not exceed", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile(hundred, 0)).toBe(1);
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4], 0.51)).toBe(3);
});

test("one value is every percentile, and none has none", () => {
  expect([0, 0.5, 0.99, 1].map((share) => percentile([7], share))).toEqual([7, 7, 7, 7]);
  expect(percentile([], 0.5)).toBeUndefined();
});

test("a share that no binary number holds exactly does not shift the rank", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  for (let rank = 1; rank <= 100; rank++) expect(percentile(hundred, rank / 100)).toBe(rank);
});
