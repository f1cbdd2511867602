import { seededRandom } from "@holdfast/core/testing";
import { expect, test } from "vitest";
import { pick } from "./pick.ts";

test("pick reaches every element", () => {
  const random = seededRandom(3);
  const picked = new Set(Array.from({ length: 200 }, () => pick(["a", "b", "c"], random)));
  expect([...picked].toSorted()).toEqual(["a", "b", "c"]);
});
