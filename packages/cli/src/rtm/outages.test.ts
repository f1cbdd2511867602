import { expect, test } from "vitest";
import { Outages } from "./outages.ts";

const outages = (): Outages => new Outages(Math.random);

test("an outage goes from the first fault to the socket that lasts, and belongs to that fault", () => {
  const watched = outages();
  watched.begin(1, "mute", 1000);
  watched.begin(1, "refuse", 2000);
  watched.begin(1, "flap", 3000);
  watched.end(1, 4000);
  const { byFault, ...all } = watched.summary();
  const times = { count: 1, p50Ms: 3000, p99Ms: 3000, worstMs: 3000 };
  expect(byFault).toEqual({ mute: times });
  expect(all).toEqual({ ...times, unfinished: 0 });
});

test("a first socket is no reconnect, and an outage that goes on is not timed", () => {
  const watched = outages();
  watched.end(1, 500);
  watched.begin(2, "drop", 1000);
  expect(watched.summary()).toEqual({
    ...{ count: 0, p50Ms: null, p99Ms: null, worstMs: null, unfinished: 1, byFault: {} },
  });
});

test("percentiles and the worst are over all faults and for each", () => {
  const watched = outages();
  for (let team = 1; team <= 100; team++) {
    watched.begin(team, team === 100 ? "mute" : "drop", 0);
    watched.end(team, team === 100 ? 9000 : team);
  }
  const { byFault, ...all } = watched.summary();
  expect(all).toEqual({ count: 100, p50Ms: 50, p99Ms: 99, worstMs: 9000, unfinished: 0 });
  expect(byFault.drop).toEqual({ count: 99, p50Ms: 50, p99Ms: 99, worstMs: 99 });
});

test("the times that are kept are bounded, and the worst of all is never given up", () => {
  const watched = new Outages(() => 0.5);
  for (let index = 0; index <= 100_000; index++) {
    watched.begin(1, "drop", 0);
    watched.end(1, index === 0 ? 5000 : 1);
  }
  watched.begin(1, "drop", 0);
  watched.end(1, 7000);
  expect(watched.summary()).toMatchObject({ count: 100_002, worstMs: 7000, p50Ms: 1 });
});
