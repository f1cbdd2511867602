import type { Acceptor, MemoryNetwork, Socket } from "@holdfast/core";
import { memory } from "@holdfast/core";
import { type Bot, createBot } from "@holdfast/core/rtm";
import { type MemoryCarrier, memoryOver } from "@holdfast/core/socket";
import { createManualClock, type ManualClock, seededRandom } from "@holdfast/core/testing";
import { describe, expect, test } from "vitest";
import { NO_FAULTS } from "./fault-rates.ts";
import type { Scorecard } from "./scorecard.ts";
import { Simulation, type SimulationOptions } from "./simulation.ts";

interface LossyCarrier extends MemoryCarrier {
  cut: boolean;
}

/**
 * A network that loses what is on its way when a connection is dropped, as TCP does with a reset. Frames take
 * from 1 to 40 ms and keep their order.
 */
function lossyNetwork(clock: ManualClock, seed: number): MemoryNetwork {
  const random = seededRandom(seed, 9);
  const inOrder = (carrier: { cut: boolean }): ((task: () => void) => void) => {
    let due = 0;
    return (task) => {
      due = Math.max(due, clock.now() + 1 + 39 * random());
      clock.setTimer(() => carrier.cut || task(), due - clock.now());
    };
  };
  return memoryOver<LossyCarrier>({
    meet: () => "connect",
    carry: () => {
      const carrier: LossyCarrier = { cut: false, there: () => {}, back: () => {} };
      return Object.assign(carrier, { there: inOrder(carrier), back: inOrder(carrier) });
    },
    joined: (_address, near, far, carrier) => {
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        const terminate = end.terminate.bind(end);
        end.terminate = () => {
          terminate();
          carrier.cut = true;
          clock.setTimer(() => other.end({ kind: "abnormal", message: "Reset" }), 5);
        };
      }
    },
  });
}

interface Run {
  readonly card: Scorecard;
  readonly bot: Bot;
  readonly clock: ManualClock;
}

async function run(
  change: Partial<SimulationOptions> & { readonly door?: (accept: Acceptor) => Acceptor },
): Promise<Run> {
  const clock = createManualClock();
  const { seed = 1, door = (accept) => accept } = change;
  const network = lossyNetwork(clock, seed);
  const simulation = new Simulation({
    ...{ teams: 30, rate: 300, faults: NO_FAULTS, seed, healthcheckMs: 2000, settleMs: 60_000, clock },
    listen: async (accept) => network.listen("ws://server", door(accept)),
    afterReading: queueMicrotask,
    say: () => {},
    ...change,
  });
  const url = await simulation.start();
  const bot = createBot({
    ...{ url, socket: network.socket, clock, random: seededRandom(seed, 8) },
    heartbeat: { intervalMs: 2000, timeoutMs: 1000 },
  });
  bot.on("error", () => {});
  void bot.start();
  await clock.advance(30_000);
  const finishing = simulation.finish();
  await clock.advance(120_000);
  return { card: await finishing, bot, clock };
}

const ALL = { drop: 0.05, mute: 0.03, garbage: 0.1, refuse: 0.1, flap: 0.1 };

describe("a bot that is exact passes", () => {
  test.each([1, 2, 3, 4, 5])(
    "under all faults, with seed %i, on a network that loses what is dropped",
    async (seed) => {
      const { card, bot, clock } = await run({ seed, faults: ALL });
      expect(card.problems).toEqual([]);
      expect(card.messages).toMatchObject({ lost: 0, invented: 0, claimed: card.messages.sent });
      expect(card.messages.sent).toBeGreaterThan(5000);
      for (const times of Object.values(card.faults)) expect(times).toBeGreaterThan(0);
      expect(card.mistakes).toEqual({
        ...{ frame: 0, type: 0, ask: 0, address: 0, backwards: 0, ahead: 0 },
        ...{ unanswered: 0, dropped: 0, left: 0, lingering: 0, unproven: 0 },
      });
      expect(card.reconnects).toMatchObject({ unfinished: 0 });
      await expect(bot.closed).resolves.toEqual({ reason: "goodbye" });
      expect(clock.pending).toBe(0);
    },
  );
});

test("the same seed strikes and sends the same", async () => {
  const cards = await Promise.all([run({ seed: 6, faults: ALL }), run({ seed: 6, faults: ALL })]);
  const [one, other] = cards.map(({ card }) => card);
  expect(one).toEqual(other);
});

/** Sockets without a ping: nothing can be proven, and a fault strikes into what is on its way. */
const withoutPing =
  (accept: Acceptor): Acceptor =>
  (incoming) => {
    const answer = accept(incoming);
    if (typeof answer !== "function") return answer;
    return (socket) => {
      const bare: Socket = {
        get bufferedAmount() {
          return socket.bufferedAmount;
        },
        send: (frame) => socket.send(frame),
        close: (code, reason) => socket.close(code, reason),
        terminate: () => socket.terminate?.(),
      };
      return answer(bare);
    };
  };

test("without the proof the same network loses messages, and the scorecard says so", async () => {
  const { card } = await run({ faults: { ...NO_FAULTS, drop: 0.05 }, door: withoutPing });
  expect(card.passed).toBe(false);
  expect(card.messages.lost).toBeGreaterThan(0);
  expect(card.problems[0]).toMatch(/^\d+ messages? lost, in \d+ teams?$/);
  expect(card.mistakes.unproven).toBeGreaterThan(card.messages.lost / 100);
});

test("a server that nobody came to is done at once", async () => {
  const clock = createManualClock();
  const said: string[] = [];
  const simulation = new Simulation({
    ...{ teams: 3, rate: 10, faults: ALL, seed: 1, healthcheckMs: 1000, settleMs: 60_000, clock },
    listen: async (accept) => memory().listen("ws://server", accept),
    afterReading: queueMicrotask,
    say: (line) => void said.push(line),
  });
  await expect(simulation.start()).resolves.toBe("ws://server/global");
  await clock.advance(5000);
  const card = await simulation.finish();
  expect([card.passed, card.problems, card.messages.sent]).toEqual([false, ["No client came"], 0]);
  expect([said, clock.pending]).toEqual([["Goodbye"], 0]);
});

test("a restart takes every connection and the listener, and no count", async () => {
  const clock = createManualClock();
  const network = lossyNetwork(clock, 4);
  const simulation = new Simulation({
    ...{ teams: 30, rate: 300, faults: ALL, seed: 4, healthcheckMs: 2000, settleMs: 60_000, clock },
    listen: async (accept) => network.listen("ws://server", accept),
    afterReading: queueMicrotask,
    say: () => {},
  });
  const bot = createBot({
    ...{ url: await simulation.start(), socket: network.socket, clock, random: seededRandom(4, 8) },
    heartbeat: { intervalMs: 2000, timeoutMs: 1000 },
  });
  bot.on("error", () => {});
  void bot.start();
  await clock.advance(10_000);
  const before = bot.stats().totals;
  const restarting = simulation.restart(2000);
  await clock.advance(500);
  expect(bot.stats().totals).toMatchObject({ connected: 0, globalConnected: false });
  await clock.advance(20_000);
  await restarting;
  const finishing = simulation.finish();
  await clock.advance(120_000);
  const card = await finishing;
  expect([card.problems, card.messages.lost, card.mistakes.left]).toEqual([[], 0, 0]);
  expect(bot.stats().totals.messages).toBeGreaterThan(before.messages);
  expect(bot.stats().totals.globalReconnects).toBe(1);
});
