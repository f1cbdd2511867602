import { describe, expect, test } from "vitest";
import { shrink } from "./shrink.ts";

const BUDGET = { tries: 1_000, ms: 10_000 };
const numbers = Array.from({ length: 100 }, (_, index) => index);

describe("shrink", () => {
  test("finds the few that matter, in their order", async () => {
    const fails = async (list: readonly number[]) => [3, 40, 41, 99].every((needed) => list.includes(needed));
    expect(await shrink(numbers, fails, BUDGET)).toEqual([3, 40, 41, 99]);
  });

  test("leaves nothing of what fails anyway, and all of what fails only as a whole", async () => {
    expect(await shrink(numbers, async () => true, BUDGET)).toEqual([]);
    expect(await shrink(numbers, async (list) => list.length === 100, BUDGET)).toEqual(numbers);
    expect(await shrink([], async () => true, BUDGET)).toEqual([]);
  });

  test("keeps its budget, and gives the shortest it had found by then", async () => {
    let tries = 0;
    const fails = async (list: readonly number[]): Promise<boolean> => {
      tries++;
      return list.includes(77);
    };
    const found = await shrink(numbers, fails, { tries: 3, ms: 10_000 });
    expect(tries).toBe(3);
    expect(found).toContain(77);
    expect(found.length).toBeLessThan(100);
    expect(await shrink(numbers, fails, { tries: 1_000, ms: 0 })).toEqual(numbers);
  });
});
