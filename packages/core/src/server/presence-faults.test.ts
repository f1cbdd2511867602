import { beforeEach, describe, expect, test } from "vitest";
import { type PresenceServer, servePresence } from "../../../../tests/support/presence-servers.ts";
import { createManualClock, type ManualClock } from "../testing/mod.ts";
import { type MemoryBackplane, memoryBackplane } from "./memory-backplane.ts";
import { LIFE_MS } from "./presence.ts";
import { topicKey } from "./presence-wire.ts";

let clock: ManualClock;
let bus: MemoryBackplane;

beforeEach(() => {
  clock = createManualClock();
  bus = memoryBackplane({ clock });
});

const serve = (): PresenceServer => servePresence(clock, bus);

describe("a backplane that fails", () => {
  test("S59 a server that is cut off and comes back: views converge, and nobody is told twice", async () => {
    const [one, two] = [serve(), serve()];
    one.presence.set("news", "a", "1");
    two.presence.set("news", "b", "1");
    await clock.advance(5_000);
    one.cable.cut = true;
    one.presence.set("news", "a2", "1");
    two.presence.set("news", "b2", "1");
    two.presence.delete("news", "b");
    await clock.advance(60_000);
    expect(two.ids()).toEqual(["b2"]);
    expect(one.failures).toHaveLength(1);
    one.cable.cut = false;
    await clock.advance(LIFE_MS);
    expect(two.ids()).toEqual(["a", "a2", "b2"]);
    expect(one.ids()).toEqual(["a", "a2", "b2"]);
    expect(two.told).toEqual(["news: joined a 1", "news: left a 1", "news: joined a 1", "news: joined a2 1"]);
    expect(one.told.filter((line) => line.includes("joined b2"))).toHaveLength(1);
  });

  test("S59 a server that was thought gone is seen again at the next look, though it has nothing new to say", async () => {
    const [one, two] = [serve(), serve()];
    one.presence.set("news", "a", "1");
    two.presence.set("news", "b", "1");
    await clock.advance(1_000);
    one.cable.cut = true;
    await clock.advance(15_000);
    expect(two.ids()).toEqual(["b"]);
    one.cable.cut = false;
    await clock.advance(3_900);
    expect(two.ids()).toEqual(["a", "b"]);
  });

  test("S59 what was said while this server was cut off is read at its next look", async () => {
    const [one, two] = [serve(), serve()];
    one.presence.set("news", "a", "1");
    two.presence.set("news", "b", "1");
    await clock.advance(1_000);
    two.cable.cut = true;
    one.presence.set("news", "a2", "1");
    await clock.advance(5_000);
    expect(two.ids()).toEqual(["a", "b"]);
    two.cable.cut = false;
    await clock.advance(LIFE_MS / 3 + 1);
    expect(two.ids()).toEqual(["a", "a2", "b"]);
  });

  test("S61 a message that was lost is made up for", async () => {
    const [one, two] = [serve(), serve()];
    one.presence.set("news", "a", "1");
    two.presence.set("news", "b", "1");
    await clock.settle();
    one.cable.lose = 1;
    one.presence.set("news", "a2", "1");
    await clock.advance(LIFE_MS);
    expect(two.ids()).toEqual(["a", "a2", "b"]);
    // The last member's leave is lost, and nothing more is said of the topic.
    one.presence.delete("news", "a2");
    await clock.settle();
    one.cable.lose = 1;
    one.presence.delete("news", "a");
    await clock.advance(40_000);
    expect(two.ids()).toEqual(["b"]);
    expect(two.told.at(-1)).toBe("news: left a 1");
  });

  test("from the start is caught up with later", async () => {
    const two = serve();
    two.presence.set("news", "b", "1");
    const one = serve();
    one.cable.cut = true;
    one.presence.set("news", "a", "1");
    await clock.advance(8_000);
    expect(one.ids()).toEqual(["a"]);
    one.cable.cut = false;
    await clock.advance(LIFE_MS);
    expect(one.ids()).toEqual(["a", "b"]);
    expect(two.ids()).toEqual(["a", "b"]);
    two.presence.set("news", "b2", "1");
    await clock.settle();
    expect(one.ids()).toEqual(["a", "b", "b2"]);
  });

  test("that gives no answer is not asked more and more", async () => {
    const one = serve();
    one.presence.set("news", "a", "1");
    await clock.settle();
    one.cable.hang = true;
    const before = one.cable.calls;
    await clock.advance(600_000);
    expect(one.cable.calls - before).toBeLessThanOrEqual(4);
  });

  test("what no server of ours said is reported, and harms nothing", async () => {
    const one = serve();
    one.presence.set("news", "a", "1");
    await clock.settle();
    for (const data of ["{", "1", "null", '{"node":1}', '{"node":"x","version":1,"id":5}']) {
      await bus.publish(topicKey("news"), data);
      await clock.settle();
    }
    expect(one.ids()).toEqual(["a"]);
    expect(one.failures).toHaveLength(1);
  });
});

describe("S47 its state and its work are bounded", () => {
  test("an hour of updates leaves one value for each member, here and there", async () => {
    const [one, two] = [serve(), serve()];
    one.presence.set("news", "a", "0");
    two.presence.set("news", "b", "0");
    for (let second = 1; second <= 3_600; second++) {
      one.presence.set("news", "a", String(second));
      await clock.advance(1_000);
    }
    expect(two.presence.members("news")).toEqual([
      { id: "b", value: "0" },
      { id: "a", value: "3600" },
    ]);
    expect(two.told).toHaveLength(3_601);
    expect((await bus.leases("")).length).toBe(4);
  });

  test("S50 topics that come and go leave nothing", async () => {
    const one = serve();
    for (let topic = 0; topic < 2_000; topic++) {
      one.presence.set(String(topic), "a", "1");
      if (topic % 3 === 0) await clock.settle();
      one.presence.delete(String(topic), "a");
    }
    await clock.settle();
    expect([one.presence.size, one.cable.subscriptions]).toEqual([0, 0]);
    expect(await bus.leases("presence/")).toEqual([]);
  });

  test("a crowd that joins one by one is not leased anew for each", async () => {
    const [one, two] = [serve(), serve()];
    two.presence.set("news", "z", "1");
    await clock.settle();
    const before = one.cable.calls;
    for (let member = 0; member < 500; member++) {
      one.presence.set("news", `m${member}`, "1");
      await clock.advance(10);
    }
    // One publish each, and a few leases, snapshots and signs of life.
    expect(one.cable.calls - before).toBeLessThan(600);
    await clock.advance(LIFE_MS);
    expect(two.ids()).toHaveLength(501);
  });

  test("who leaves and comes back in the same tick is leased", async () => {
    const [one, two] = [serve(), serve()];
    two.presence.set("news", "b", "1");
    await clock.settle();
    one.presence.set("news", "a", "1");
    await clock.settle();
    one.presence.delete("news", "a");
    one.presence.set("news", "a", "2");
    await clock.advance(60_000);
    expect(two.ids()).toEqual(["a", "b"]);
    expect(two.told).toEqual(["news: joined a 1", "news: left a 1", "news: joined a 2"]);
    expect(await bus.leases(topicKey("news"))).toHaveLength(2);
  });
});
