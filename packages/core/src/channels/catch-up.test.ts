import { expect, test } from "vitest";
import { Scheduler } from "../connection/scheduler.ts";
import { createManualClock } from "../testing/mod.ts";
import { CatchUp } from "./catch-up.ts";
import { connectedHead, dataHead, idInHead, replayedHead } from "./frames.ts";

function setUp() {
  const clock = createManualClock();
  const sent: string[] = [];
  const told: string[] = [];
  const listener = {
    open: true,
    bufferedAmount: 0,
    sendNow: (head: string) => sent.push(head) > 0,
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

test("a listener that reads slowly is sent more when it has read, and one that is gone nothing", async () => {
  const { clock, sent, told, catchUp, listener } = setUp();
  listener.bufferedAmount = 501;
  catchUp.begin(connected, [replayedHead("1", "evt_1")]);
  await clock.advance(100);
  listener.bufferedAmount = 0;
  await clock.advance(20);
  expect(sent.length).toBeGreaterThanOrEqual(2);
  expect(told).toEqual(["caught up"]);
  const other = setUp();
  other.listener.bufferedAmount = 501;
  other.catchUp.begin(connected, [replayedHead("1", "evt_1")]);
  other.listener.open = false;
  await other.clock.advance(100);
  expect(other.sent).toHaveLength(1);
  expect(other.clock.pending).toBe(0);
});
