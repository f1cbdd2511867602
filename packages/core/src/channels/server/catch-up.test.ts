import { expect, test } from "vitest";
import { Scheduler } from "../../connection/scheduler.ts";
import { createManualClock } from "../../testing/mod.ts";
import { CatchUp } from "./catch-up.ts";
import { connectedHead, dataHead, idInHead, replayedHead } from "./frames.ts";

function setUp() {
  const clock = createManualClock();
  const sent: string[] = [];
  const told: string[] = [];
  const listener = {
    open: true,
    bufferedAmount: 0,
    sendNow: (head: string) => {
      listener.bufferedAmount += head.length;
      return sent.push(head) > 0;
    },
    caughtUp: () => void told.push("caught up"),
    overwhelmed: () => void told.push("overwhelmed"),
  };
  return { clock, sent, told, catchUp: new CatchUp(new Scheduler(clock), listener, 1_000), listener };
}

const connected = connectedHead("", "evt_c", true);

test("S43 an event that is in history and came live as well is sent once", () => {
  const { sent, told, catchUp } = setUp();
  catchUp.hold(dataHead('{"eventID":"evt_3"}', "evt_2", true));
  catchUp.hold(dataHead("3", "evt_3", false));
  const replayed = catchUp.begin(connected, [replayedHead("1", "evt_1"), replayedHead("2", "evt_2")]);
  expect(sent.map(idInHead)).toEqual(["evt_c", "evt_1", "evt_2", "evt_3"]);
  expect(told).toEqual(["caught up"]);
  expect(replayed.has(dataHead("2", "evt_2", false))).toBe(true);
  expect(replayed.has(dataHead('"evt_2"', "evt_4", false))).toBe(false);
});

test("what waits is bounded", () => {
  const { told, catchUp } = setUp();
  expect(catchUp.hold("x".repeat(1_000))).toBe(true);
  expect(catchUp.hold("x")).toBe(false);
  expect(told).toEqual(["overwhelmed"]);
});

test("S27 a steady reader never has more waiting than half a queue and one frame", async () => {
  const { clock, sent, told, catchUp, listener } = setUp();
  const history = Array.from({ length: 50 }, (_, n) => replayedHead(`"${"x".repeat(300)}"`, `evt_${n}`));
  let most = 0;
  catchUp.begin(connected, history);
  for (let step = 0; step < 400; step++) {
    most = Math.max(most, listener.bufferedAmount);
    listener.bufferedAmount = Math.max(0, listener.bufferedAmount - 50);
    await clock.advance(20);
  }
  expect(sent).toHaveLength(51);
  expect(told).toEqual(["caught up"]);
  expect(most).toBeLessThanOrEqual(500 + (history[0]?.length ?? 0));
});

test("a listener that reads slowly is sent more when it has read, and one that is gone nothing", async () => {
  const { clock, sent, told, catchUp, listener } = setUp();
  const long = connectedHead("", "evt_c".padEnd(600, "c"), true);
  catchUp.begin(long, [replayedHead("1", "evt_1")]);
  await clock.advance(100);
  expect(sent).toHaveLength(1);
  listener.bufferedAmount = 0;
  await clock.advance(20);
  expect(sent).toHaveLength(2);
  expect(told).toEqual(["caught up"]);
  const other = setUp();
  other.catchUp.begin(long, [replayedHead("1", "evt_1")]);
  other.listener.open = false;
  await other.clock.advance(100);
  expect(other.sent).toHaveLength(1);
  expect(other.clock.pending).toBe(0);
});
