import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { type Clock, MAX_DELAY_MS } from "../clock.ts";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { Scheduler, Timer } from "./scheduler.ts";

let clock: ManualClock;
let scheduler: Scheduler;
let ran: string[];

beforeEach(() => {
  clock = createManualClock();
  scheduler = new Scheduler(clock);
  ran = [];
});

/** A timer that notes its name, when it ran and how late, and then does something. */
function timer(name: string, then: () => void = () => {}): Timer {
  return new Timer({
    onTimer(_timer, lateMs) {
      ran.push(`${name} ${clock.now()}${lateMs > 0 ? ` late ${lateMs}` : ""}`);
      then();
    },
  });
}

describe("arm and disarm", () => {
  test("timers run at their moments over one timer of the host", async () => {
    for (const [name, delay] of [
      ["c", 30],
      ["a", 10],
      ["b", 20],
    ] as const)
      scheduler.arm(timer(name), delay);
    expect(clock.pending).toBe(1);
    expect(scheduler.size).toBe(3);
    await clock.advance(25);
    expect(ran).toEqual(["a 10", "b 20"]);
    expect(clock.pending).toBe(1);
    await clock.advance(5);
    expect(ran.at(-1)).toBe("c 30");
    expect([clock.pending, scheduler.size]).toEqual([0, 0]);
  });

  test("the owner is told which timer, and by how much it was missed", async () => {
    const told: unknown[] = [];
    const one = new Timer({ onTimer: (...all) => told.push(...all) });
    scheduler.arm(one, 100);
    await clock.stall(350);
    expect(told).toEqual([one, 250]);
  });

  test("arming an armed timer moves it, both ways", async () => {
    const one = timer("one");
    scheduler.arm(one, 10);
    scheduler.arm(one, 30);
    await clock.advance(20);
    expect(ran).toEqual([]);
    scheduler.arm(one, 1);
    await clock.advance(100);
    expect(ran).toEqual(["one 21"]);
  });

  test("a disarmed timer does not run, and disarming it again changes nothing", async () => {
    const [one, two] = [timer("one"), timer("two")];
    scheduler.arm(one, 10);
    scheduler.arm(two, 20);
    scheduler.disarm(one);
    scheduler.disarm(one);
    expect([one.armed, two.armed, scheduler.size]).toEqual([false, true, 1]);
    await clock.advance(100);
    expect(ran).toEqual(["two 20"]);
  });

  test("C26 without a timer of ours there is none of the host", () => {
    const one = timer("one");
    scheduler.arm(one, 10);
    scheduler.disarm(one);
    expect([clock.pending, scheduler.size]).toEqual([0, 0]);
  });

  test("a timer can be armed again from its own call, and disarm or move any other there", async () => {
    const [gone, moved] = [timer("gone"), timer("moved")];
    let rounds = 0;
    const one: Timer = timer("one", () => {
      scheduler.disarm(gone);
      scheduler.arm(moved, 5);
      if (++rounds < 3) scheduler.arm(one, 10);
    });
    scheduler.arm(one, 10);
    scheduler.arm(gone, 10);
    scheduler.arm(moved, 10);
    await clock.advance(100);
    expect(ran.filter((line) => line.startsWith("one"))).toEqual(["one 10", "one 20", "one 30"]);
    expect(ran.at(-1)).toBe("moved 35");
    expect(ran.filter((line) => line.startsWith("gone")).length).toBeLessThan(2);
    expect(clock.pending).toBe(0);
  });

  test("a timer is not armed any more when its owner is called", async () => {
    const states: boolean[] = [];
    const one: Timer = new Timer({ onTimer: () => states.push(one.armed) });
    scheduler.arm(one, 1);
    await clock.advance(1);
    expect(states).toEqual([false]);
  });

  test("a delay that is lost in rounding is not due at once for ever", async () => {
    await clock.advance(1_000_000);
    const [now, tiny] = [clock.now(), 1e-12];
    expect(now + tiny).toBe(now);
    let runs = 0;
    const one: Timer = new Timer({
      onTimer: () => {
        if (++runs < 3) scheduler.arm(one, tiny);
      },
    });
    scheduler.arm(one, tiny);
    await clock.advance(1);
    expect(runs).toBe(1);
    await clock.advance(10);
    expect(runs).toBe(3);
  });

  test("C43 a wait that no host's timer takes is waited in parts", async () => {
    const longest: number[] = [];
    const strict: Clock = {
      now: clock.now,
      clearTimer: clock.clearTimer,
      setTimer(task, delayMs) {
        longest.push(delayMs);
        return clock.setTimer(task, delayMs);
      },
    };
    const far = new Scheduler(strict);
    far.arm(timer("far"), MAX_DELAY_MS * 2 + 1_000);
    await clock.advance(MAX_DELAY_MS * 2 + 999);
    expect(ran).toEqual([]);
    await clock.advance(1);
    expect(ran).toHaveLength(1);
    expect(Math.max(...longest)).toBe(MAX_DELAY_MS);
  });

  test("C43 a delay that is no number is none, and disturbs no other timer", async () => {
    for (const delay of [50, 40, Number.NaN, 30, 20, Number.NaN, 10]) scheduler.arm(timer("t"), delay);
    await clock.advance(100);
    expect(ran).toEqual([0, 0, 10, 20, 30, 40, 50].map((at) => `t ${at}`));
  });

  test("a host's timer that fires early runs nothing early", async () => {
    const hasty: Clock = { ...clock, setTimer: (task, ms) => clock.setTimer(task, ms > 1 ? ms - 0.7 : ms) };
    new Scheduler(hasty).arm(timer("one"), 10);
    await clock.advance(9.9);
    expect(ran).toEqual([]);
    await clock.advance(2);
    expect(ran).toHaveLength(1);
  });
});

describe("whatever is armed, moved and disarmed", () => {
  test("each timer runs once, at its latest moment, and none is left", async () => {
    const steps = fc.array(
      fc.record({
        which: fc.integer({ min: 0, max: 7 }),
        what: fc.constantFrom("arm", "arm", "disarm", "advance"),
        ms: fc.integer({ min: 0, max: 50 }),
      }),
      { maxLength: 40 },
    );
    const property = fc.asyncProperty(steps, async (list) => {
      clock = createManualClock();
      scheduler = new Scheduler(clock);
      ran = [];
      const timers = Array.from({ length: 8 }, (_, index) => timer(String(index)));
      const due = new Map<number, number>();
      const wanted: string[] = [];
      const pass = (until: number): void => {
        for (const [which, at] of [...due].filter(([, moment]) => moment <= until)) {
          due.delete(which);
          wanted.push(`${which} ${at}`);
        }
      };
      for (const { which, what, ms } of [...list, { which: 0, what: "advance", ms: 100 }]) {
        const one = timers[which] as Timer;
        if (what === "arm") {
          due.set(which, clock.now() + ms);
          scheduler.arm(one, ms);
        } else if (what === "disarm") {
          due.delete(which);
          scheduler.disarm(one);
        } else {
          pass(clock.now() + ms);
          await clock.advance(ms);
        }
        expect(scheduler.size).toBe(due.size);
        expect(clock.pending).toBeLessThanOrEqual(1);
      }
      expect([...ran].sort()).toEqual(wanted.sort());
      const times = ran.map((line) => Number(line.split(" ")[1]));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect([scheduler.size, clock.pending]).toEqual([0, 0]);
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

describe("after a stall", () => {
  test("C32 overdue timers run once each, earliest first", async () => {
    for (const delay of [30, 10, 20]) scheduler.arm(timer(String(delay)), delay);
    await clock.stall(3_600_000);
    expect(ran.map((line) => line.split(" ")[0])).toEqual(["10", "20", "30"]);
  });

  test("C45 a crowd of them runs in slices, between which other work gets its turn", async () => {
    let spent = 0;
    const busy: Clock = {
      now: () => clock.now() + spent,
      clearTimer: clock.clearTimer,
      setTimer(task, delayMs) {
        return clock.setTimer(() => {
          const before = spent;
          task();
          slices.push(spent - before);
        }, delayMs);
      },
    };
    const slices: number[] = [];
    const crowd = new Scheduler(busy);
    for (let count = 0; count < 100; count++)
      crowd.arm(
        timer("one", () => void spent++),
        10,
      );
    await clock.stall(20_000);
    expect(ran).toHaveLength(100);
    expect(Math.max(...slices)).toBeLessThanOrEqual(10);
    expect([crowd.size, clock.pending]).toEqual([0, 0]);
  });
});

describe("an owner that throws", () => {
  test("stops none of the other timers", async () => {
    const bad = timer("bad", () => {
      throw new Error("mine");
    });
    scheduler.arm(bad, 10);
    scheduler.arm(timer("same"), 10);
    scheduler.arm(timer("later"), 20);
    await clock.advance(10).catch(() => {});
    await clock.advance(100).catch(() => {});
    expect(ran.map((line) => line.split(" ")[0])).toEqual(["bad", "same", "later"]);
    expect(clock.pending).toBe(0);
  });
});
