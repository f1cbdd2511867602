import { expect, test } from "vitest";
import { createManualClock, createTestNetwork, seededRandom } from "../../testing/mod.ts";
import { createChannelServer } from "../server/server.ts";
import { createChannelClient } from "./client.ts";

interface Run {
  readonly emitted: readonly number[];
  readonly heard: readonly number[];
  readonly gaps: number;
  readonly connects: number;
}

/** Emits, drops, mutes and silences at random for a while, and then lets things come to rest. */
async function run(seed: number, maxEvents: number): Promise<Run> {
  const random = seededRandom(seed);
  const clock = createManualClock();
  const network = createTestNetwork({ clock, latencyMs: () => 1 + random() * 40 });
  const server = createChannelServer({ clock, history: { maxEvents } });
  const listener = network.listen("ws://server", server.accept);
  const options = { url: "ws://server", channel: "news", socket: network.socket, clock, random };
  const client = createChannelClient<number>({ ...options, backoff: { baseMs: 50, maxMs: 2_000 } });
  const heard: number[] = [];
  let gaps = 0;
  client.on("event", ({ payload }) => heard.push(payload));
  client.on("gap", () => gaps++);
  await clock.until(client.connect());
  const emitted: number[] = [];
  for (let step = 0; step < 150; step++) {
    const dice = random();
    if (dice < 0.6) {
      emitted.push(emitted.length);
      await server.emit("news", emitted.length - 1);
    } else if (dice < 0.75) network.drop();
    else if (dice < 0.8) network.mute("", random() < 0.5 ? "back" : "there");
    else if (dice < 0.85) network.close("server", 1012);
    else if (dice < 0.9) network.silence("server", random() < 0.5);
    await clock.advance(random() * 200);
  }
  network.silence("server", false);
  await clock.advance(180_000);
  emitted.push(emitted.length);
  await server.emit("news", emitted.length - 1);
  await clock.advance(1_000);
  const { connects } = client.stats();
  await clock.until(client.close());
  await server.close();
  await listener.close();
  await clock.advance(5_000);
  expect(clock.pending, `timers are left after seed ${seed}`).toBe(0);
  return { emitted, heard, gaps, connects };
}

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed + 1);

test("decision 14: whatever the network does, every event is told once and in order where history reaches back", async () => {
  let connects = 0;
  for (const seed of SEEDS) {
    const { emitted, heard, gaps, connects: times } = await run(seed, 1_000);
    expect(heard, `seed ${seed}`).toEqual(emitted);
    expect(gaps, `seed ${seed}`).toBe(0);
    connects += times;
  }
  expect(connects).toBeGreaterThan(SEEDS.length * 5);
});

test("S29 S53: where history does not reach back nothing is told twice or out of order, and no loss is silent", async () => {
  let [lossy, told] = [0, 0];
  for (const seed of SEEDS) {
    const { emitted, heard, gaps } = await run(seed, 3);
    expect(heard, `seed ${seed}`).toEqual([...new Set(heard)].sort((a, b) => a - b));
    if (heard.length < emitted.length) {
      lossy++;
      expect(gaps, `seed ${seed}`).toBeGreaterThan(0);
    }
    told += gaps;
  }
  expect(lossy).toBeGreaterThan(0);
  expect(told).toBeGreaterThan(0);
});
