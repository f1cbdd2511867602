import { expect, it } from "vitest";
import { frameLimit } from "./limits.ts";

const MiB = 1024 * 1024;

it("C66 a frame limit is well over the connection's, so that core can name what is too large", () => {
  expect(frameLimit(undefined, undefined)).toBe(16 * MiB);
  expect(frameLimit(undefined, MiB)).toBe(16 * MiB);
  expect(frameLimit(undefined, 5 * MiB)).toBe(20 * MiB);
  expect(frameLimit(7, 5 * MiB)).toBe(7);
});

it("a frame limit fits into 32 bits: ws takes a larger one for none", () => {
  expect(frameLimit(undefined, 2 ** 30)).toBe(2 ** 31 - 1);
  expect(frameLimit(undefined, Number.MAX_SAFE_INTEGER)).toBe(2 ** 31 - 1);
});
