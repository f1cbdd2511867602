import { expect, test } from "vitest";
import { RecentIds } from "./recent-ids.ts";

test("C85 an id is new once, and again only after so many others that it was forgotten", () => {
  const ids = new RecentIds(3);
  expect(["a", "b", "a", "c", "d", "a"].map((id) => ids.isNew(id))).toEqual([
    true,
    true,
    false,
    true,
    true,
    true,
  ]);
  expect(ids.size).toBe(3);
});

test("C85 it never remembers more than its limit", () => {
  const ids = new RecentIds(100);
  for (let id = 0; id < 10_000; id++) expect(ids.isNew(id)).toBe(true);
  expect(ids.size).toBe(100);
});
