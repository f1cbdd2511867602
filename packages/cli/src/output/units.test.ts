import { expect, test } from "vitest";
import { count, duration, elapsed, plural, rate } from "./units.ts";

test("numbers read as people write them", () => {
  expect([count(0), count(12_345)]).toEqual(["0", "12,345"]);
  expect([plural(0, "team"), plural(1, "team"), plural(1200, "team")]).toEqual([
    ...["0 teams", "1 team", "1,200 teams"],
  ]);
  expect([rate(0), rate(12.34), rate(412.4)]).toEqual(["0.0", "12.3", "412"]);
  expect([0.44, 12.3, 998, 999.7, 3210].map((ms) => duration(ms))).toEqual([
    ...["0.4 ms", "12 ms", "998 ms", "1.0 s", "3.2 s"],
  ]);
  expect([duration(null), duration(undefined)]).toEqual(["–", "–"]);
  expect([0, 7_400, 750_000, 3_723_000].map(elapsed)).toEqual(["0:00", "0:07", "12:30", "1:02:03"]);
});
