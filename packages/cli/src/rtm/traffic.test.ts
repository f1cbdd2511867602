import { createManualClock, seededRandom } from "@holdfast/core/testing";
import { expect, test } from "vitest";
import { Traffic, type TrafficOptions } from "./traffic.ts";

function traffic(change: Partial<TrafficOptions> = {}): {
  clock: ReturnType<typeof createManualClock>;
  sent: Array<[unknown, string]>;
  traffic: Traffic;
} {
  const clock = createManualClock();
  const sent: Array<[unknown, string]> = [];
  const made = new Traffic({
    ...{ rate: 50, teams: [1, 2, 3], clock, random: seededRandom(1) },
    afterReading: queueMicrotask,
    send: (id, text) => void sent.push([id, text]),
    ...change,
  });
  return { clock, sent, traffic: made };
}

test("the rate is kept, every team gets its share, and some texts have props", async () => {
  const { clock, sent, traffic: flow } = traffic();
  flow.start();
  await clock.advance(60_000);
  expect(sent.length).toBeGreaterThanOrEqual(2999);
  expect(sent.length).toBeLessThanOrEqual(3000);
  for (const id of [1, 2, 3]) expect(sent.filter(([to]) => to === id).length).toBeGreaterThan(800);
  const props = sent.filter(([, text]) => text.includes("props")).length;
  expect(props).toBeGreaterThan(300);
  expect(props).toBeLessThan(1500);
  expect(sent.filter(([, text]) => /props/i.test(text)).length).toBeGreaterThan(props);
});

test("after a stall at most a second is made up for", async () => {
  const { clock, sent, traffic: flow } = traffic();
  flow.start();
  await clock.stall(30_000);
  expect(sent.length).toBeLessThanOrEqual(51);
});

test("nothing is sent after stop, not even what was due", async () => {
  const later: Array<() => void> = [];
  const { clock, sent, traffic: flow } = traffic({ afterReading: (task) => void later.push(task) });
  flow.start();
  await clock.advance(1000);
  flow.stop();
  for (const task of later) task();
  expect([sent, clock.pending]).toEqual([[], 0]);
});

test("without teams there is nothing to do", () => {
  const { clock, traffic: flow } = traffic({ teams: [] });
  flow.start();
  expect(clock.pending).toBe(0);
});
