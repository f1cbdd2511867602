import { beforeEach, describe, expect, test } from "vitest";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { seededRandom } from "./random.ts";

let clock: ManualClock;
let log: string[];
const note = (name: string) => () => void log.push(`${name} ${clock.now()}`);

beforeEach(() => {
  clock = createManualClock();
  log = [];
});

describe("advance", () => {
  test("runs each timer at its moment, in the order of their moments and then of setting", async () => {
    clock.setTimer(note("c"), 20);
    clock.setTimer(note("a"), 10);
    clock.setTimer(note("b"), 10);
    await clock.advance(19);
    expect(log).toEqual(["a 10", "b 10"]);
    expect(clock.now()).toBe(19);
    await clock.advance(1);
    expect(log).toEqual(["a 10", "b 10", "c 20"]);
    expect(clock.pending).toBe(0);
  });

  test("runs timers that timers set, if their moment is within it", async () => {
    clock.setTimer(() => {
      note("outer")();
      clock.setTimer(note("inner"), 5);
      clock.setTimer(note("too late"), 6);
    }, 5);
    await clock.advance(10);
    expect(log).toEqual(["outer 5", "inner 10"]);
    expect(clock.pending).toBe(1);
  });

  test("lets promises settle before the first timer, and after each", async () => {
    void Promise.resolve().then(() => clock.setTimer(note("set by a promise"), 0));
    clock.setTimer(async () => {
      note("first")();
      for (let turn = 0; turn < 20; turn++) await null;
      note("settled")();
    }, 1);
    clock.setTimer(note("second"), 1);
    await clock.advance(1);
    expect(log).toEqual(["set by a promise 0", "first 1", "settled 1", "second 1"]);
  });

  test("time stands still without it, and never goes back", async () => {
    clock.setTimer(note("a"), 0);
    await clock.settle();
    expect(log).toEqual([]);
    await clock.advance(5);
    expect(() => clock.advance(-3)).toThrow(RangeError);
    await clock.advance(0);
    expect(clock.now()).toBe(5);
  });

  test("a delay below zero is none", async () => {
    clock.setTimer(note("a"), -100);
    await clock.advance(0);
    expect(log).toEqual(["a 0"]);
  });

  test("C43 a delay that is no number runs at once, as on a host, and holds no other timer back", async () => {
    clock.setTimer(note("odd"), Number.NaN);
    clock.setTimer(note("other"), 1);
    await clock.advance(1);
    expect(log.map((line) => line.split(" ")[0])).toEqual(["odd", "other"]);
    expect(clock.pending).toBe(0);
  });

  test("a task that throws is told to whoever moves time, and the other timers are still there", async () => {
    clock.setTimer(() => {
      throw new Error("mine");
    }, 1);
    clock.setTimer(note("other"), 2);
    await expect(clock.advance(5)).rejects.toThrow("mine");
    await clock.advance(5);
    expect(log).toHaveLength(1);
  });
});

describe("stall", () => {
  test("C30 what was due in between runs late, in its order", async () => {
    clock.setTimer(note("b"), 20);
    clock.setTimer(note("a"), 10);
    clock.setTimer(note("c"), 1_001);
    await clock.stall(1_000);
    expect(log).toEqual(["a 1000", "b 1000"]);
    expect(clock.now()).toBe(1_000);
    await clock.advance(1);
    expect(log).toEqual(["a 1000", "b 1000", "c 1001"]);
  });

  test("C32 a chain of timers runs once after it, and not once for each missed moment", async () => {
    const tick = (): void => {
      note("tick")();
      clock.setTimer(tick, 10);
    };
    clock.setTimer(tick, 10);
    await clock.stall(3_600_000);
    expect(log).toEqual(["tick 3600000"]);
  });
});

describe("clearTimer", () => {
  test("forgets a timer, also one that is due at the same moment", async () => {
    const second = { handle: undefined as unknown };
    clock.setTimer(() => clock.clearTimer(second.handle), 5);
    second.handle = clock.setTimer(note("second"), 5);
    expect(clock.pending).toBe(2);
    await clock.advance(10);
    expect(log).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test("ignores a timer that ran, one forgotten before, and what is none", async () => {
    const handle = clock.setTimer(note("a"), 1);
    await clock.advance(1);
    for (const odd of [handle, handle, undefined, null, {}, 5]) clock.clearTimer(odd);
    expect(log).toEqual(["a 1"]);
  });
});

describe("until", () => {
  test("moves time just far enough for a promise to settle, and gives what it gave", async () => {
    const answer = new Promise((resolve) => clock.setTimer(() => resolve("pong"), 250));
    clock.setTimer(note("later"), 251);
    expect(await clock.until(answer, { withinMs: 1_000 })).toBe("pong");
    expect([clock.now(), clock.pending, log]).toEqual([250, 1, []]);
  });

  test("runs no timer for a promise that is settled, and rejects as it did", async () => {
    clock.setTimer(note("a"), 0);
    expect(await clock.until(Promise.resolve(1))).toBe(1);
    await expect(clock.until(Promise.reject(new Error("mine")))).rejects.toThrow("mine");
    expect(log).toEqual([]);
  });

  test("says so when the time was not enough, and what was still to come", async () => {
    const never = new Promise(() => {});
    clock.setTimer(note("a"), 5);
    clock.setTimer(note("b"), 20);
    await expect(clock.until(never, { withinMs: 10 })).rejects.toMatchObject({
      code: "timeout",
      message: "Promise did not settle within 10 ms: the next timer is due at 20 ms",
    });
    expect([clock.now(), log]).toEqual([10, ["a 5"]]);
    await expect(clock.until(never)).rejects.toThrow("within 60000 ms: no timer is armed");
    await expect(clock.until(never, { withinMs: -1 })).rejects.toThrow(RangeError);
  });
});

test("ten thousand timers, set and forgotten at random, run in order", async () => {
  const random = seededRandom(1);
  const due: number[] = [];
  const handles = Array.from({ length: 10_000 }, () =>
    clock.setTimer(() => void due.push(clock.now()), Math.floor(random() * 1_000)),
  );
  const forgotten = handles.filter(() => random() < 0.5);
  for (const handle of forgotten) clock.clearTimer(handle);
  expect(clock.pending).toBe(10_000 - forgotten.length);
  await clock.advance(1_000);
  expect(due).toHaveLength(10_000 - forgotten.length);
  expect(due).toEqual(due.toSorted((a, b) => a - b));
});

test("clocks do not share anything", async () => {
  const other = createManualClock();
  clock.setTimer(note("a"), 1);
  await other.advance(10);
  expect([clock.now(), other.now(), clock.pending, other.pending]).toEqual([0, 10, 1, 0]);
});
