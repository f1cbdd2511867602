import { expect, test } from "vitest";
import { Scheduler } from "../../connection/scheduler.ts";
import { createManualClock } from "../../testing/mod.ts";
import { fingerprintOf, Idempotency } from "./idempotency.ts";

function setUp(maxKeys?: number) {
  const clock = createManualClock();
  const table = new Idempotency<string>(
    new Scheduler(clock),
    { keep: (answer) => answer !== "nothing", idsIn: () => 0 },
    maxKeys,
  );
  let acts = 0;
  const act = async (): Promise<string> => `answer ${++acts}`;
  return { clock, table, act, acts: () => acts };
}

test("decision 5 S42 a key acts once, also for those who come while the first waits", async () => {
  const { table, act, acts } = setUp();
  const answers = await Promise.all([table.once("k", "f", act), table.once("k", "f", act)]);
  expect(answers).toEqual(["answer 1", "answer 1"]);
  expect(await table.once("k", "f", act)).toBe("answer 1");
  expect(acts()).toBe(1);
  await expect(table.once("k", "other", act)).rejects.toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
});

test("decision 5 a key is forgotten after ten minutes, and its timer with it", async () => {
  const { clock, table, act } = setUp();
  await table.once("k", "f", act);
  await clock.advance(300_000);
  await table.once("l", "f", act);
  await clock.advance(299_999);
  expect(table.size).toBe(2);
  await clock.advance(1);
  expect(table.size).toBe(1);
  expect(await table.once("k", "f", act)).toBe("answer 3");
  await clock.advance(600_000);
  expect(table.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test("what came to nothing, or failed, is not remembered", async () => {
  const { clock, table, act } = setUp();
  expect(await table.once("k", "f", async () => "nothing")).toBe("nothing");
  await expect(table.once("k", "f", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await clock.settle();
  expect(await table.once("k", "f", act)).toBe("answer 1");
});

test("the number of keys is bounded: the oldest goes, and is counted", async () => {
  const { table, act } = setUp(2);
  for (const key of ["a", "b", "c"]) await table.once(key, "f", act);
  expect(table.size).toBe(2);
  expect(table.forgotten).toBe(1);
  expect(await table.once("c", "f", act)).toBe("answer 3");
  expect(await table.once("a", "f", act)).toBe("answer 4");
});

test("answers that name a million clients together are the most that is kept", async () => {
  const table = new Idempotency<number>(new Scheduler(createManualClock()), {
    keep: () => true,
    idsIn: (ids) => ids,
  });
  for (let key = 0; key < 5; key++) await table.once(`k${key}`, "f", async () => 300_000);
  expect([table.size, table.forgotten]).toEqual([3, 2]);
  expect(await table.once("k4", "f", async () => 1)).toBe(300_000);
});

test("S42 a key that still waits is not forgotten for others", async () => {
  const { table, act } = setUp(1);
  const waiting = new Promise<string>(() => {});
  void table.once("waits", "f", () => waiting);
  for (const key of ["a", "b"]) await table.once(key, "f", act);
  expect([table.size, table.forgotten]).toEqual([2, 1]);
  let acted = false;
  void table.once("waits", "f", async () => {
    acted = true;
    return "twice";
  });
  await Promise.resolve();
  expect(acted).toBe(false);
});

test("a fingerprint tells where one part ends and the next begins", async () => {
  expect(await fingerprintOf("ab", "c")).not.toBe(await fingerprintOf("a", "bc"));
  expect(await fingerprintOf("ab", "c")).toBe(await fingerprintOf("ab", "c"));
});
