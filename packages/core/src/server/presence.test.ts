import { beforeEach, describe, expect, test } from "vitest";
import { kill, type PresenceServer, servePresence } from "../../../../tests/support/presence-servers.ts";
import { Scheduler } from "../connection/scheduler.ts";
import { createManualClock, type ManualClock } from "../testing/mod.ts";
import { type MemoryBackplane, memoryBackplane } from "./memory-backplane.ts";
import { LIFE_MS, Presence } from "./presence.ts";

let clock: ManualClock;
let bus: MemoryBackplane;

beforeEach(() => {
  clock = createManualClock();
  bus = memoryBackplane({ clock });
});

const serve = (): PresenceServer => servePresence(clock, bus);

describe("members over several servers", () => {
  test("joins, updates and leaves are told once each, to the others alone", async () => {
    const [one, two] = [serve(), serve()];
    await clock.settle();
    one.presence.set("news", "a", "1");
    two.presence.set("news", "b", "1");
    await clock.settle();
    expect([one.ids(), two.ids()]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    one.presence.set("news", "a", "2");
    one.presence.set("news", "a", "2");
    one.presence.delete("news", "a");
    one.presence.delete("news", "a");
    await clock.advance(60_000);
    expect(two.told).toEqual(["news: joined a 1", "news: updated a 2", "news: left a 2"]);
    expect(one.told).toEqual(["news: joined b 1"]);
    expect(one.presence.size).toBe(0);
    expect([...one.failures, ...two.failures]).toEqual([]);
  });

  test("who comes later sees who is there, also what was not leased yet", async () => {
    const one = serve();
    await clock.settle();
    for (const id of ["a", "b", "c"]) {
      one.presence.set("news", id, "1");
      await clock.settle();
    }
    const two = serve();
    await clock.settle();
    two.presence.set("news", "z", "1");
    await clock.settle();
    expect(two.ids()).toContain("a");
    await clock.advance(LIFE_MS);
    expect(two.ids()).toEqual(["a", "b", "c", "z"]);
    expect(two.told).toEqual(["news: joined a 1", "news: joined b 1", "news: joined c 1"]);
  });

  test("of topics where this server has nobody can be looked up", async () => {
    const [one, two] = [serve(), serve()];
    one.presence.set("a/b%", "a", "1");
    one.presence.set("a", "x", "1");
    await clock.settle();
    expect(await two.presence.lookUp("a/b%")).toEqual([{ id: "a", value: "1" }]);
    expect(await two.presence.lookUp("else")).toEqual([]);
    expect(await one.presence.lookUp("a")).toEqual([{ id: "x", value: "1" }]);
    kill(one);
    await clock.advance(LIFE_MS);
    expect(await two.presence.lookUp("a/b%")).toEqual([]);
  });

  test("without a backplane there is this server alone", async () => {
    const presence = new Presence(new Scheduler(clock), undefined, {
      presenceChanged: () => expect.unreachable(),
      presenceFailed: () => expect.unreachable(),
    });
    presence.set("news", "a", "1");
    expect(presence.members("news")).toEqual([{ id: "a", value: "1" }]);
    expect(await presence.lookUp("news")).toHaveLength(1);
    presence.delete("news", "a");
    await presence.close();
    expect([presence.size, clock.pending]).toEqual([0, 0]);
  });
});

describe("S44 a server that is gone", () => {
  test("takes its members with it everywhere, once, within its lease", async () => {
    const [one, two, three] = [serve(), serve(), serve()];
    for (const [server, id] of [
      [one, "a"],
      [two, "b"],
      [three, "c"],
    ] as const) {
      server.presence.set("news", id, "1");
    }
    await clock.advance(30_000);
    kill(one);
    await clock.advance(LIFE_MS + LIFE_MS / 3 + 1);
    expect(two.ids()).toEqual(["b", "c"]);
    expect(three.ids()).toEqual(["b", "c"]);
    await clock.advance(120_000);
    for (const { told } of [two, three]) expect(told.filter((line) => line.includes(" a "))).toHaveLength(2);
  });

  test("that is closed takes them at once", async () => {
    const [one, two] = [serve(), serve()];
    one.presence.set("news", "a", "1");
    two.presence.set("news", "b", "1");
    await clock.settle();
    one.presence.delete("news", "a");
    await one.presence.close();
    await clock.settle();
    expect(two.ids()).toEqual(["b"]);
    expect(await bus.leases("")).toHaveLength(2);
    await two.presence.close();
    expect(await bus.leases("")).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
