import { beforeEach, describe, expect, test } from "vitest";
import { createManualClock, type ManualClock } from "../testing/manual-clock.ts";
import { Heartbeat, type HeartbeatOwner, type HeartbeatPace, type PingOutcome } from "./heartbeat.ts";
import { Scheduler } from "./scheduler.ts";
import { heartbeatPace } from "./settings.ts";

const PACE: HeartbeatPace = { intervalMs: 30_000, timeoutMs: 10_000 };

let clock: ManualClock;
let scheduler: Scheduler;
let pings: number[];
let mutes: Array<{ at: number; message: string }>;
let outcome: PingOutcome;
let onPing: () => void;

beforeEach(() => {
  clock = createManualClock();
  scheduler = new Scheduler(clock);
  pings = [];
  mutes = [];
  outcome = "sent";
  onPing = () => {};
});

/** A heartbeat whose owner stops it once it is told of a mute peer, as a connection does. */
function start(share: number, pace: HeartbeatPace = PACE): Heartbeat {
  const owner: HeartbeatOwner = {
    sendPing() {
      pings.push(clock.now());
      onPing();
      return outcome;
    },
    onMute(message) {
      mutes.push({ at: clock.now(), message });
      heartbeat.stop();
    },
  };
  const heartbeat = new Heartbeat(pace, scheduler, owner);
  heartbeat.start(share);
  return heartbeat;
}
/** A peer that answers each ping after this time. */
const answerAfter = (heartbeat: Heartbeat, ms: number) => (): void => {
  clock.setTimer(() => heartbeat.heard(), ms);
};

describe("a healthy peer", () => {
  test("is pinged once an interval, and never taken for mute", async () => {
    const heartbeat = start(0.5);
    onPing = answerAfter(heartbeat, 200);
    await clock.advance(600_000);
    expect(mutes).toEqual([]);
    expect(pings).toHaveLength(20);
    expect(pings.slice(0, 3)).toEqual([15_000, 45_000, 75_000]);
  });

  test("C28 may be late with its pong, if other frames arrive", async () => {
    const heartbeat = start(0);
    onPing = answerAfter(heartbeat, 9_999);
    await clock.advance(120_000);
    expect(mutes).toEqual([]);
  });

  test("C29 a sign of life from before the ping proves nothing", async () => {
    const heartbeat = start(0.1);
    heartbeat.heard();
    await clock.advance(3_000);
    expect(pings).toEqual([3_000]);
    await clock.advance(10_000);
    expect(mutes).toHaveLength(1);
  });

  test("C29 a start anew forgets the ping that was under way", async () => {
    const heartbeat = start(0);
    await clock.advance(5_000);
    heartbeat.start(1);
    await clock.advance(29_999);
    expect([pings, mutes]).toEqual([[0], []]);
    onPing = answerAfter(heartbeat, 1);
    await clock.advance(20_000);
    expect([pings, mutes]).toEqual([[0, 35_000], []]);
  });
});

describe("C27 a mute peer", () => {
  test.each([0, 0.25, 0.999, 1])(
    "is found out within interval and timeout, at a share of %d",
    async (share) => {
      start(share);
      await clock.advance(40_000);
      expect(mutes).toMatchObject([{ message: "No sign of life for 10000 ms" }]);
      // Rounded down to the grid of a hundredth of the pace: earlier by less than 100 ms, and never later.
      const early = share * 30_000 + 10_000 - (mutes[0]?.at ?? 0);
      expect(early).toBeGreaterThanOrEqual(0);
      expect(early).toBeLessThan(100);
      expect([clock.pending, scheduler.size]).toEqual([0, 0]);
    },
  );

  test.each([
    [30_000, 10_000],
    [1_000, 1_000],
    [100, 1],
    [1_000, 5_000],
  ])(
    "is found out within interval and timeout of its last frame (%d ms, %d ms)",
    async (intervalMs, timeoutMs) => {
      let pace: HeartbeatPace | undefined;
      try {
        pace = heartbeatPace({ intervalMs, timeoutMs });
      } catch (error) {
        // An option that could not keep the promise may be refused.
        return expect(error).toBeInstanceOf(RangeError);
      }
      const heartbeat = start(0, pace);
      let last = 0;
      onPing = () => {
        if (clock.now() > 3 * (intervalMs + timeoutMs)) return;
        last = clock.now();
        heartbeat.heard();
        queueMicrotask(() => heartbeat.heard());
      };
      await clock.advance(10 * (intervalMs + timeoutMs));
      expect(mutes).toHaveLength(1);
      expect((mutes[0]?.at ?? 0) - last).toBeLessThanOrEqual(intervalMs + timeoutMs);
    },
  );

  test("is found out at once where the socket takes no ping", async () => {
    outcome = "refused";
    start(0.1);
    await clock.advance(3_000);
    expect(mutes).toEqual([{ at: 3_000, message: "The socket takes no more frames" }]);
    expect(clock.pending).toBe(0);
  });
});

describe("a stall of our own", () => {
  test("C30 a pong that is still in the kernel's buffer is waited for", async () => {
    const heartbeat = start(0);
    await clock.advance(1);
    await clock.stall(20_000);
    expect([mutes, pings]).toEqual([[], [0, 20_001]]);
    heartbeat.heard();
    await clock.advance(10_000);
    expect(mutes).toEqual([]);
  });

  test("C30 a peer that is mute after it is found out one window later", async () => {
    start(0);
    await clock.advance(1);
    await clock.stall(20_000);
    await clock.advance(10_000);
    expect(mutes.map(({ at }) => at)).toEqual([30_000]);
  });

  test("C30 a timer late by a second and no more proves no stall", async () => {
    start(0);
    await clock.advance(1);
    await clock.stall(10_999);
    expect(mutes.map(({ at }) => at)).toEqual([11_000]);
  });

  test("C30 a loop that stalls time and again hides a dead peer three times at most", async () => {
    start(0);
    await clock.advance(1);
    for (let stalls = 0; stalls < 4; stalls++) {
      expect(mutes).toEqual([]);
      await clock.stall(12_000);
    }
    expect(mutes).toHaveLength(1);
    expect(pings).toHaveLength(4);
  });

  test("C30 a sign of life gives all three back", async () => {
    const heartbeat = start(0);
    await clock.advance(1);
    for (let round = 0; round < 3; round++) {
      for (let stalls = 0; stalls < 3; stalls++) await clock.stall(12_000);
      heartbeat.heard();
      await clock.advance(30_000);
    }
    expect(mutes).toEqual([]);
  });

  test("C31 the window begins when the ping was sent, not when it was due", async () => {
    start(1);
    await clock.stall(35_000);
    expect(pings).toEqual([35_000]);
    await clock.advance(9_999);
    expect(mutes).toEqual([]);
    await clock.advance(1);
    expect(mutes.map(({ at }) => at)).toEqual([45_000]);
  });

  test.each([
    ["between pings", 1],
    ["during a ping", 0],
  ])("C32 an hour of sleep %s gives one probe", async (_, share) => {
    const heartbeat = start(share);
    await clock.advance(1);
    const before = pings.length;
    await clock.stall(3_600_000);
    expect(pings.length - before).toBe(1);
    expect(mutes).toEqual([]);
    heartbeat.heard();
    await clock.advance(10_000);
    expect(mutes).toEqual([]);
  });
});

describe("without a ping to send", () => {
  test("C37 silence alone proves nothing", async () => {
    outcome = "unable";
    start(0.5);
    await clock.advance(3_600_000);
    expect(mutes).toEqual([]);
    expect(scheduler.size).toBe(1);
  });

  test("C35 a limit on silence is watched from the start, though the server never pings", async () => {
    outcome = "unable";
    start(0.5, { ...PACE, silenceMs: 60_000 });
    await clock.advance(15_000 + 60_000);
    expect(mutes).toEqual([{ at: 75_000, message: "No sign of life for 60000 ms" }]);
  });

  test.each([60_000, 5_000])(
    "a peer that speaks more often than every %d ms is never mute",
    async (silenceMs) => {
      outcome = "unable";
      const heartbeat = start(0.3, { ...PACE, silenceMs });
      for (let time = 0; time < 600_000; time += silenceMs - 1) {
        await clock.advance(silenceMs - 1);
        heartbeat.heard();
      }
      expect(mutes).toEqual([]);
    },
  );

  test.each([60_000, 20_000])(
    "a peer that says nothing for %d ms is mute, soon after its last frame",
    async (silenceMs) => {
      outcome = "unable";
      const heartbeat = start(0, { ...PACE, silenceMs });
      await clock.advance(1);
      heartbeat.heard();
      await clock.advance(300_000);
      expect(mutes).toHaveLength(1);
      expect(mutes[0]?.at).toBeLessThanOrEqual(silenceMs + PACE.intervalMs + 1);
    },
  );

  test("a socket that can be pinged later is", async () => {
    outcome = "unable";
    start(0);
    await clock.advance(1);
    outcome = "sent";
    await clock.advance(40_000);
    expect(mutes).toHaveLength(1);
  });
});

describe("C26 stop", () => {
  test.each([0, 1_000, 35_000])("leaves no timer, %d ms after the start", async (ms) => {
    const heartbeat = start(0);
    onPing = answerAfter(heartbeat, 0);
    await clock.advance(ms);
    heartbeat.stop();
    heartbeat.stop();
    const before = pings.length;
    await clock.advance(100_000);
    expect([pings.length, mutes, clock.pending]).toEqual([before, [], 0]);
  });

  test.each<PingOutcome>(["sent", "unable", "refused"])(
    "C69 leaves no timer and gives no verdict where the ping itself leads to it (%s)",
    async (result) => {
      const heartbeat = start(0);
      outcome = result;
      onPing = () => heartbeat.stop();
      await clock.advance(100_000);
      expect([pings, mutes, scheduler.size]).toEqual([[0], [], 0]);
    },
  );
});
