import { expect, test } from "vitest";
import { Scheduler } from "../connection/scheduler.ts";
import { Emitter } from "../emitter.ts";
import { createManualClock, createTestNetwork } from "../testing/mod.ts";
import type { BotEvents } from "./bot-options.ts";
import { createBot } from "./client.ts";
import { HealthcheckReplies, MAX_OWED, SLICE_ROWS } from "./healthcheck-replies.ts";
import { Roster } from "./roster.ts";

const MEGABYTE = 1_048_576;
const LARGE = 4 * SLICE_ROWS + 1;

/** Replies over a wire that the test holds in its hand. */
function setUp(teams: number) {
  const clock = createManualClock();
  const roster = new Roster(10);
  for (let id = 1; id <= teams; id++) roster.join(id);
  const events = new Emitter<BotEvents>(() => {});
  const replies = new HealthcheckReplies(roster, new Scheduler(clock), events);
  const sent: string[] = [];
  const told: boolean[] = [];
  const wire = { open: true, bufferedAmount: 0, onWrite: () => {}, write };
  function write(this: { open: boolean }, frame: unknown): boolean {
    if (!this.open) return false;
    sent.push(String(frame));
    wire.onWrite();
    return true;
  }
  const ask = (on = wire): void => replies.ask(on as never);
  const listen = (then = (): void => {}): (() => void) =>
    events.on("healthcheck", ({ stats, answered }) => {
      if (answered) expect(JSON.parse(sent.at(-1) ?? "").stats).toEqual(stats);
      else expect(stats).toHaveLength(teams);
      told.push(answered);
      then();
    });
  return { clock, roster, replies, sent, told, wire, ask, listen };
}

test("a small bot answers each at once", () => {
  const { clock, replies, sent, told, ask, listen } = setUp(SLICE_ROWS / 4);
  listen();
  for (let round = 0; round < 3; round++) ask();
  expect([sent.length, told, replies.answered, clock.pending]).toEqual([3, [true, true, true], 3, 0]);
});

test("a burst of asks in one read writes no more in one turn than a slice; each is answered", async () => {
  const { clock, sent, ask } = setUp(SLICE_ROWS);
  for (let round = 0; round < 100; round++) ask();
  expect(sent).toHaveLength(1);
  await clock.advance(100);
  expect([sent.length, clock.pending]).toEqual([100, 0]);
});

test("asks beyond the limit are told as unanswered at once, and the others get their reply", async () => {
  const { clock, sent, told, wire, ask, listen } = setUp(2);
  listen();
  wire.bufferedAmount = 5 * MEGABYTE;
  for (let round = 0; round < MAX_OWED + 3; round++) ask();
  expect([sent.length, told]).toEqual([0, [false, false, false]]);
  wire.bufferedAmount = 0;
  await clock.advance(2 * MAX_OWED);
  expect([sent.length, clock.pending]).toEqual([MAX_OWED, 0]);
});

test("what is owed when the server takes its leave is answered in one go, and as far as there is room", async () => {
  const { clock, replies, sent, told, wire, ask, listen } = setUp(LARGE);
  listen();
  for (let round = 0; round < 3; round++) ask();
  replies.finish();
  expect([sent.length, told, clock.pending]).toEqual([3, [true, true, true], 0]);
  for (const text of sent) expect(JSON.parse(text).stats).toHaveLength(LARGE);
  wire.onWrite = () => {
    wire.bufferedAmount += 3 * MEGABYTE;
  };
  for (let round = 0; round < 3; round++) ask();
  replies.finish();
  replies.close();
  expect([sent.length, told.slice(3), clock.pending]).toEqual([5, [true, true, false], 0]);
});

test.each(["stop", "reconnect"] as const)(
  "a healthcheck and a goodbye in one read: the large bot answers, and then it goes (%s)",
  async (onGoodbye) => {
    const clock = createManualClock();
    const network = createTestNetwork({ clock });
    const replies: string[] = [];
    let say = (_text: string): unknown => undefined;
    network.listen("ws://server/global", () => (socket) => {
      say = (text) => socket.send(text);
      say('{"type":"hello"}');
      return {
        onFrame: (frame) => String(frame).includes('"stats"') && replies.push(String(frame)),
        onClose: () => {},
      };
    });
    const bot = createBot({ url: "ws://server/global", socket: network.socket, clock, onGoodbye });
    void bot.start();
    await clock.advance(10);
    for (let id = 1; id <= LARGE; id++) say(`{"type":"team.join","team_id":${id}}`);
    await clock.advance(10);
    say('{"type":"healthcheck"}');
    say('{"type":"healthcheck"}');
    say('{"type":"goodbye"}');
    await clock.advance(5_000);
    expect(replies.map((text) => JSON.parse(text).stats.length)).toEqual([LARGE, LARGE]);
    await Promise.all([bot.close(), clock.advance(5_000)]);
  },
);

test("a large reply is written over several turns, and then it is whole", async () => {
  const { clock, sent, told, ask, listen } = setUp(LARGE);
  listen();
  ask();
  await clock.advance(3);
  expect([sent.length, told.length]).toEqual([0, 0]);
  await clock.advance(1);
  expect(JSON.parse(sent[0] ?? "").stats).toHaveLength(LARGE);
  expect([sent.length, told, clock.pending]).toEqual([1, [true], 0]);
});

test("what is asked meanwhile gets a reply of its own, with the figures of later", async () => {
  const { clock, roster, sent, ask } = setUp(LARGE);
  ask();
  await clock.advance(2);
  ask();
  ask();
  const [first] = roster.all();
  if (first !== undefined) first.messages = 5;
  await clock.advance(100);
  expect(sent.map((text) => JSON.parse(text).stats[0].message_count)).toEqual([0, 5, 5]);
  expect(clock.pending).toBe(0);
});

test("asks that come in while one is handed over or told are answered after it", async () => {
  const { clock, replies, sent, told, wire, ask, listen } = setUp(2);
  listen();
  wire.onWrite = () => sent.length < 3 && ask();
  ask();
  expect([sent.length, told]).toEqual([1, [true]]);
  await clock.advance(10);
  expect([sent.length, told.length, replies.answered, clock.pending]).toEqual([3, 3, 3, 0]);
});

test("a peer that asks and does not read costs a number: the next reply waits until there is room", async () => {
  const { clock, sent, wire, ask } = setUp(2);
  wire.onWrite = () => {
    wire.bufferedAmount += 5 * MEGABYTE;
  };
  for (let round = 0; round < 10_000; round++) ask();
  await clock.advance(1_000);
  expect([sent.length, clock.pending]).toEqual([1, 1]);
  for (let round = 0; round < 9_999; round++) {
    wire.bufferedAmount = 4 * MEGABYTE;
    await clock.advance(20);
  }
  expect([sent.length, clock.pending]).toEqual([10_000, 0]);
});

test("a socket as full as an outbox makes it keeps no reply waiting", () => {
  const { sent, wire, ask } = setUp(2);
  wire.bufferedAmount = 2 * MEGABYTE;
  ask();
  expect(sent).toHaveLength(1);
});

test("when the socket that asked is gone none of it is sent on the next one", async () => {
  const { clock, sent, told, wire, ask, listen } = setUp(LARGE);
  listen();
  ask();
  ask();
  await clock.advance(1);
  wire.open = false;
  const next = { ...wire, open: true };
  ask(next);
  expect(told).toEqual([false, false]);
  await clock.advance(100);
  expect([sent.length, told]).toEqual([1, [false, false, true]]);
  expect(JSON.parse(sent[0] ?? "").stats).toHaveLength(LARGE);
});

test("when nobody asks again the loss is found out at the next turn, and without a wire there is no reply", async () => {
  const { clock, replies, sent, told, wire, ask, listen } = setUp(LARGE);
  listen();
  ask();
  wire.open = false;
  await clock.advance(1);
  replies.ask(undefined);
  expect([sent, told, replies.answered, clock.pending]).toEqual([[], [false, false], 0, 0]);
});

test("who begins to listen while a reply is written is told what was sent", async () => {
  const { clock, told, ask, listen } = setUp(LARGE);
  ask();
  listen();
  await clock.advance(100);
  expect(told).toEqual([true]);
});

test("close leaves no timer, and what is owed is told as unanswered", async () => {
  const { clock, replies, sent, told, ask, listen } = setUp(LARGE);
  listen();
  ask();
  ask();
  replies.close();
  expect([told, clock.pending]).toEqual([[false, false], 0]);
  ask();
  await clock.advance(100);
  expect([sent, told]).toEqual([[], [false, false, false]]);
});

test("a listener that closes leaves nothing behind", async () => {
  const { clock, replies, sent, told, ask, listen } = setUp(LARGE);
  listen();
  ask();
  ask();
  listen(() => replies.close());
  await clock.advance(100);
  expect([sent.length, clock.pending]).toEqual([1, 0]);
  expect(told.filter((answered) => answered)).toHaveLength(2);
});

test("a bot whose global connection is lost meanwhile answers on the next one only what is asked there", async () => {
  const teams = 2 * SLICE_ROWS + 1;
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const heard: string[][] = [];
  const sockets: Array<{ send(text: string): unknown }> = [];
  network.listen("ws://server/global", () => (socket) => {
    const frames: string[] = [];
    heard.push(frames);
    sockets.push(socket);
    socket.send('{"type":"hello"}');
    if (sockets.length === 1)
      for (let id = 1; id <= teams; id++) socket.send(`{"type":"team.join","team_id":${id}}`);
    return {
      onFrame: (frame) => void (String(frame).includes('"stats"') && frames.push(String(frame))),
      onClose: () => {},
    };
  });
  const bot = createBot({ url: "ws://server/global", socket: network.socket, clock });
  const told: boolean[] = [];
  bot.on("healthcheck", ({ answered }) => void told.push(answered));
  void bot.start();
  await clock.advance(100);
  expect(bot.stats().totals.joined).toBe(teams);
  const ask = (at: number): unknown => sockets[at]?.send('{"type":"healthcheck"}');
  ask(0);
  await clock.advance(2);
  network.drop("/global");
  await clock.advance(10_000);
  expect([sockets.length, told]).toEqual([2, [false]]);
  ask(1);
  ask(1);
  await clock.advance(100);
  expect(heard.map(({ length }) => length)).toEqual([0, 2]);
  for (const text of heard[1] ?? []) expect(JSON.parse(text).stats).toHaveLength(teams);
  expect(bot.stats().totals.healthchecks).toBe(2);
  ask(1);
  await clock.advance(2);
  await Promise.all([bot.close(), clock.advance(2_000)]);
  expect([told, clock.pending]).toEqual([[false, true, true, false], 0]);
});
