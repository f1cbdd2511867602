import { expect, test } from "vitest";
import { Meter } from "./meter.ts";

test("the rate is the mean over the last whole seconds", () => {
  const meter = new Meter(500);
  for (let ms = 0; ms < 5000; ms += 10) meter.add(500 + ms);
  expect(meter.total).toBe(500);
  expect(meter.perSecond(5500)).toBe(100);
  expect(meter.perSecond(6500)).toBeCloseTo(200 / 3);
  expect(meter.perSecond(9500)).toBe(0);
});

test("in the first second the rate is what there is", () => {
  const meter = new Meter(0);
  expect(meter.perSecond(0)).toBe(0);
  for (let ms = 0; ms < 800; ms += 10) meter.add(ms);
  expect(meter.perSecond(800)).toBe(100);
});

test("the history is of whole seconds, the oldest first, and bounded", () => {
  const meter = new Meter(0);
  for (let second = 0; second < 200; second++) {
    for (let times = 0; times < second; times++) meter.add(second * 1000);
  }
  expect(meter.history(200_000, 4)).toEqual([196, 197, 198, 199]);
  expect(meter.history(200_000, 1000)).toHaveLength(59);
});

test("seconds in which nothing happened are empty, however long they went on", () => {
  const meter = new Meter(0);
  meter.add(100);
  expect(meter.history(3500, 10)).toEqual([1, 0, 0]);
  expect(meter.history(500_000, 10)).toEqual(Array.from({ length: 10 }, () => 0));
});
