import { beforeEach, describe, expect, test } from "vitest";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { DialGate, type DialLimits, type DialWaiter } from "./dial-gate.ts";
import { Scheduler } from "./scheduler.ts";

let clock: ManualClock;
let scheduler: Scheduler;
let gate: DialGate;
/** Who got a slot, and who dialled and when. */
let granted: string[];
let dialled: string[];
let times: number[];

function open(options?: DialLimits): void {
  clock = createManualClock();
  scheduler = new Scheduler(clock);
  gate = new DialGate(scheduler, options);
  granted = [];
  dialled = [];
  times = [];
}
beforeEach(() => open());

interface Visitor extends DialWaiter {
  host: string;
  /** Keeps its slot, and does not ask for its turn. */
  hangs: boolean;
  asks: boolean;
}
function visitor(name: string, options: Partial<Visitor> = {}): Visitor {
  const self: Visitor = {
    priority: 0,
    host: "host",
    hangs: false,
    asks: true,
    onGranted() {
      granted.push(name);
      if (self.asks) gate.turn(self);
    },
    onTurn() {
      dialled.push(name);
      times.push(clock.now());
      if (!self.hangs) gate.release(self);
    },
    onHeld() {
      gate.release(self);
      gate.enter(self);
    },
    ...options,
  };
  return self;
}
function crowd(count: number, name = "v", options: Partial<Visitor> = {}): Visitor[] {
  return Array.from({ length: count }, (_, index) => visitor(`${name}${index}`, options));
}
const enter = (...visitors: Visitor[]): void => visitors.forEach((one) => void gate.enter(one));
const names = (count: number, name = "v"): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index}`);
/** The most dials in any 100 ms. */
function busiest(): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] as number) - (times[first] as number) >= 100) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
const expectNothingLeft = (): void => {
  expect([gate.waiting, gate.dialing, scheduler.size, clock.pending]).toEqual([0, 0, 0, 0]);
};

/** Every rate up to 300 a second, and from there on ever fewer of them, odd ones included. */
const RATES = [...Array(5_001).keys()].filter(
  (rate) => rate > 0 && (rate <= 300 || rate % (rate <= 1_500 ? 7 : 101) === 0 || rate >= 4_999),
);

describe("C44 the rate", () => {
  test("of 1 to 5000 a second is not exceeded in any 100 ms, at first and after a pause", async () => {
    const exceeded: string[] = [];
    for (const rate of RATES) {
      open({ rate, concurrency: 10_000 });
      for (const pause of [37.3, 0]) {
        enter(...crowd(Math.ceil(rate / 5)));
        await clock.advance(150 + pause);
      }
      if (busiest() > Math.ceil(rate / 10)) exceeded.push(`${busiest()} at ${rate}`);
    }
    expect(exceeded).toEqual([]);
  });

  test.each([1, 3, 15, 19, 29, 50, 95, 101, 150, 199, 200, 250, 999, 1_000, 4_999])(
    "of %d a second is reached",
    async (rate) => {
      open({ rate, concurrency: 10_000 });
      enter(...crowd(2 * rate));
      await clock.advance(1_000);
      // A pace that is no whole number of milliseconds loses up to a sixth of it to the host's timers.
      expect(dialled.length).toBeGreaterThanOrEqual(Math.floor(rate * 0.83));
      expect(dialled.length).toBeLessThanOrEqual(Math.ceil(rate * 1.01) + 1);
    },
  );

  test("of less than one a second is kept, too", async () => {
    open({ rate: 0.1 });
    enter(...crowd(3));
    await clock.advance(9_000);
    expect([granted, dialled]).toEqual([names(2), names(1)]);
    await clock.advance(21_000);
    expect(times).toEqual([0, 10_000, 20_000]);
  });

  test("is not made up for after a stall, in a burst", async () => {
    open({ rate: 100 });
    enter(...crowd(500));
    await clock.stall(2_000);
    await clock.advance(1_000);
    expect(busiest()).toBeLessThanOrEqual(10);
  });

  test("does not count who left while it waited for its turn", async () => {
    open({ rate: 10 });
    const visitors = crowd(5);
    enter(...visitors);
    await clock.advance(0);
    expect(granted).toEqual(names(5));
    for (const left of visitors.slice(1, 4)) gate.release(left);
    await clock.advance(100);
    expect(dialled).toEqual(["v0", "v4"]);
    expect(times).toEqual([0, 100]);
    expectNothingLeft();
  });
});

describe("C44 concurrency", () => {
  test("bounds who has a slot, and a slot that is given back goes to the next", async () => {
    open({ rate: 1_000, concurrency: 3 });
    const visitors = crowd(5, "v", { hangs: true });
    enter(...visitors);
    await clock.advance(1_000);
    expect([dialled, gate.dialing, gate.waiting]).toEqual([names(3), 3, 2]);
    gate.release(visitors[0] as Visitor);
    await clock.advance(10);
    expect([dialled, gate.dialing, gate.waiting]).toEqual([names(4), 3, 1]);
  });

  test("bounds those who ask for their address, too", async () => {
    open({ rate: 1_000, concurrency: 3 });
    enter(...crowd(5, "v", { asks: false }));
    await clock.advance(999);
    expect([granted, dialled]).toEqual([names(3), []]);
  });

  test("a slow pace gives slots only to those whose turn comes soon", async () => {
    open({ rate: 10, concurrency: 100 });
    enter(...crowd(100, "v", { asks: false }));
    await clock.advance(999);
    expect(granted).toHaveLength(10);
    // Who asks on for more than a second lets others go ahead, within a bound.
    await clock.advance(30_000);
    expect(granted).toHaveLength(60);
  });

  test("nothing is called from inside the gate's own methods", () => {
    const one = visitor("v");
    enter(one, visitor("w"));
    gate.leave(one);
    gate.hold("host", 10);
    expect([granted, dialled]).toEqual([[], []]);
  });
});

describe("C44 order", () => {
  test("within a priority it is that of asking", async () => {
    enter(...crowd(300));
    await clock.advance(2_000);
    expect(dialled).toEqual(names(300));
  });

  test("a higher priority goes before all who wait", async () => {
    open({ rate: 100, concurrency: 1 });
    enter(...crowd(50), ...crowd(3, "low", { priority: -1 }));
    await clock.advance(100);
    enter(visitor("global", { priority: 10 }));
    await clock.advance(1_000);
    expect(dialled.indexOf("global")).toBeLessThanOrEqual(12);
    expect(dialled.slice(-3)).toEqual(names(3, "low"));
  });

  test("C44 the global connection goes first in a storm, though others already wait for their turn", async () => {
    enter(...crowd(150));
    await clock.advance(50);
    enter(visitor("global", { priority: 10 }));
    await clock.advance(10);
    expect(dialled).toContain("global");
  });

  test("C46 dials that hang do not lock a positive priority out", async () => {
    open({ concurrency: 2 });
    enter(...crowd(5, "v", { hangs: true }));
    await clock.advance(1_000);
    enter(visitor("global", { priority: 1 }));
    await clock.advance(100);
    expect(dialled).toEqual(["v0", "v1", "global"]);
    expect([gate.dialing, gate.waiting]).toEqual([2, 3]);
  });
});

describe("C46 who does not want to any more", () => {
  test("leaves the queue, and does not dial", async () => {
    open({ concurrency: 1 });
    const [first, second, third] = crowd(3, "v", { hangs: true }) as [Visitor, Visitor, Visitor];
    enter(first, second, third);
    await clock.advance(10);
    gate.leave(second);
    gate.leave(second);
    gate.release(first);
    await clock.advance(10);
    expect(dialled).toEqual(["v0", "v2"]);
    gate.release(third);
    expectNothingLeft();
  });

  test("C26 leaves no timer once all have left", async () => {
    open({ rate: 1 });
    const visitors = crowd(3);
    enter(...visitors);
    for (const one of visitors) gate.leave(one);
    expectNothingLeft();
  });

  test("gives a slot back before its turn, which then never comes", async () => {
    open({ rate: 1 });
    const [first, second] = crowd(2, "v", { asks: false }) as [Visitor, Visitor];
    enter(first, second);
    await clock.advance(10);
    expect(granted).toEqual(["v0"]);
    gate.release(first);
    gate.turn(first);
    await clock.advance(10_000);
    expect([granted, dialled]).toEqual([["v0", "v1"], []]);
    gate.release(second);
    expectNothingLeft();
  });

  test("leaves though its host changed meanwhile", async () => {
    const waiter = visitor("v");
    gate.hold("host", 1_000);
    gate.enter(waiter);
    waiter.host = "elsewhere";
    gate.leave(waiter);
    await clock.advance(5_000);
    expect(granted).toEqual([]);
    expectNothingLeft();
  });
});

describe("C47 a host that said later", () => {
  test("is left alone by all who want it, whatever their priority, and others go on", async () => {
    enter(...crowd(3), ...crowd(2, "other", { host: "other" }));
    gate.hold("host", 5_000);
    enter(visitor("late"), visitor("global", { priority: 1 }));
    await clock.advance(4_999);
    expect([dialled, gate.waiting]).toEqual([names(2, "other"), 5]);
    await clock.advance(100);
    expect(dialled.slice(2)).toEqual(["global", ...names(3), "late"]);
    expectNothingLeft();
  });

  test("that says so again is left alone for longer, and never for less", async () => {
    for (const ms of [1_000, 5_000, 10]) gate.hold("host", ms);
    enter(...crowd(1));
    await clock.advance(4_999);
    expect(dialled).toEqual([]);
    await clock.advance(1);
    expect(dialled).toEqual(["v0"]);
  });

  test("is left alone by those who had their slot and wait for their turn", async () => {
    open({ rate: 10 });
    enter(...crowd(10));
    await clock.advance(50);
    expect(dialled).toEqual(["v0"]);
    gate.hold("host", 60_000);
    await clock.advance(59_000);
    expect(dialled).toEqual(["v0"]);
    await clock.advance(3_000);
    expect(dialled).toEqual(names(10));
    expectNothingLeft();
  });

  test("C79 is no reason for a timer once nobody waits for it", () => {
    const waiter = visitor("v");
    gate.hold("host", 600_000);
    expect(scheduler.size).toBe(0);
    gate.enter(waiter);
    gate.leave(waiter);
    expectNothingLeft();
  });
});
