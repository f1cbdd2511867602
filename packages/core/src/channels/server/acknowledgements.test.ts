import { expect, test } from "vitest";
import { Scheduler } from "../../connection/scheduler.ts";
import { createManualClock } from "../../testing/mod.ts";
import { Acknowledgements } from "./acknowledgements.ts";

function setUp() {
  const clock = createManualClock();
  return { clock, table: new Acknowledgements(new Scheduler(clock), 5_000) };
}

test("S36 time is up after exactly 5,000 ms, with who acknowledged and who is silent", async () => {
  const { clock, table } = setUp();
  const outcome = table.expect("c", "e", ["a", "b"]);
  expect(table.ack("c", "e", "a")).toBe(true);
  await clock.advance(4_999);
  expect(table.size).toBe(1);
  await clock.advance(1);
  expect(await outcome).toEqual({ end: "timeout", acked: ["a"], silent: ["b"], left: [] });
  expect(table.size).toBe(0);
});

test("S37 the last who is waited for leaves, or did not take it: the end comes at once", async () => {
  const { clock, table } = setUp();
  const outcomes = [table.expect("c", "e1", ["a", "b"]), table.expect("c", "e2", ["b"])];
  const elsewhere = table.expect("other", "e3", ["b"]);
  table.ack("c", "e1", "a");
  table.left("c", "b");
  expect(await Promise.all(outcomes)).toEqual([
    { end: "left", acked: ["a"], silent: [], left: ["b"] },
    { end: "left", acked: [], silent: [], left: ["b"] },
  ]);
  table.lost("other", "e3", "b");
  expect((await elsewhere).end).toBe("left");
  expect(clock.pending).toBe(0);
});

test("S38 late, repeated, foreign and guessed ones are not taken", async () => {
  const { table } = setUp();
  const outcome = table.expect("c", "e", ["a"]);
  for (const [channel, event, client] of [
    ["c", "e", "b"],
    ["c", "guess", "a"],
    ["other", "e", "a"],
  ] as const) {
    expect(table.ack(channel, event, client)).toBe(false);
  }
  expect(table.ack("c", "e", "a")).toBe(true);
  expect(table.ack("c", "e", "a")).toBe(false);
  expect((await outcome).acked).toEqual(["a"]);
  expect(table.taken).toBe(1);
});

test("S41 an abort frees the entry, its timer and its listener", async () => {
  const { clock, table } = setUp();
  const caller = new AbortController();
  const outcome = table.expect("c", "e", ["a"], caller.signal);
  caller.abort();
  await expect(outcome).rejects.toMatchObject({ code: "aborted" });
  await expect(table.expect("c", "f", ["a"], caller.signal)).rejects.toMatchObject({ code: "aborted" });
  expect(table.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test("S36 after a stall of our own, time is up a second later, once: what is in the kernel's buffer comes first", async () => {
  const { clock, table } = setUp();
  const outcome = table.expect("c", "e", ["a", "b"]);
  await clock.stall(20_000);
  expect(table.ack("c", "e", "a")).toBe(true);
  await clock.advance(1_000);
  expect(await outcome).toEqual({ end: "timeout", acked: ["a"], silent: ["b"], left: [] });
});

test("S41 a caller's signal that outlives the emit keeps nothing of it", async () => {
  const { table } = setUp();
  const caller = new AbortController();
  let listeners = 0;
  const { signal } = caller;
  const counted = new Proxy(signal, {
    get: (target, name) => {
      if (name === "addEventListener") listeners++;
      if (name === "removeEventListener") listeners--;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const outcome = table.expect("c", "e", ["a"], counted);
  expect(listeners).toBe(1);
  table.ack("c", "e", "a");
  await outcome;
  expect(listeners).toBe(0);
});

test("100,000 acknowledged events leave nothing behind", async () => {
  const { clock, table } = setUp();
  for (let index = 0; index < 100_000; index++) {
    const outcome = table.expect("c", `e${index}`, ["a", "b"]);
    table.ack("c", `e${index}`, "b");
    table.ack("c", `e${index}`, "a");
    expect((await outcome).end).toBe("all");
  }
  expect(table.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test("how many are waited for is known whatever happens to them", async () => {
  const { clock, table } = setUp();
  const outcomes = [
    table.expect("c", "e1", ["a", "b", "c"]),
    table.expect("c", "e2", ["a"]),
    table.expect("c", "e3", []),
  ];
  expect(table.waits).toBe(4);
  table.ack("c", "e1", "a");
  table.ack("c", "e1", "a");
  table.also("c", "e1", "d");
  table.also("c", "e1", "d");
  expect(table.waits).toBe(4);
  table.left("c", "b");
  table.lost("c", "e2", "a");
  expect(table.waits).toBe(2);
  await clock.advance(5_000);
  await Promise.all(outcomes);
  expect([table.waits, table.size]).toEqual([0, 0]);
});
