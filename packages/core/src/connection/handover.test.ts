import { beforeEach, describe, expect, test } from "vitest";
import { EchoBench, echo, trace } from "../../../../tests/support/echo-bench.ts";
import { createConnectionManager } from "./connection-manager.ts";

let bench: EchoBench;

beforeEach(() => {
  bench = new EchoBench();
});

describe("C48 a handover", () => {
  test("opens the new socket before it closes the old, and loses and repeats nothing that either brings", async () => {
    const connection = await bench.connected();
    const events = trace(connection);
    const done = connection.handover();
    bench.sayOn(0, "before");
    await bench.watch(10);
    expect([connection.phase, bench.peers.length]).toEqual(["ready", 2]);
    bench.sayOn(0, "meanwhile");
    bench.say({ type: "hello" });
    bench.sayOn(1, "first of the new");
    bench.sayOn(0, "last of the old");
    await bench.watch(50);
    await done;
    expect(bench.said.sort()).toEqual(["before", "first of the new", "last of the old", "meanwhile"]);
    expect(events).toEqual(["connected 2"]);
    expect([connection.phase, bench.network.live(), bench.most]).toEqual(["ready", 1, 2]);
    connection.send("say", { text: "on the new one" });
    await bench.watch(10);
    expect(bench.heard).toEqual(['{"type":"say","text":"on the new one"}']);
    expect(connection.stats()).toMatchObject({ attempts: 2, connects: 2, received: 6, sent: 1 });
  });

  test("asked for twice is one, and without a ready socket it is none", async () => {
    const connection = bench.connect({ readyOn: "hello" });
    await connection.handover();
    await bench.clock.advance(10);
    await connection.handover();
    expect(bench.peers).toHaveLength(1);
    bench.say({ type: "hello" });
    await bench.clock.advance(20_000);
    const [one, two] = [connection.handover(), connection.handover()];
    expect(one).toBe(two);
    await bench.watch(10);
    bench.say({ type: "hello" });
    await bench.watch(50);
    await Promise.all([one, two]);
    expect([bench.peers.length, bench.network.live()]).toEqual([2, 1]);
  });

  test("lets a request that is under way on the old socket find its reply there", async () => {
    const connection = await bench.connected({
      replyKey: (type, message) => (type === "answer" ? (message as { id: number }).id : undefined),
    });
    const reply = connection.request<"ask", "answer">("ask", { id: 7 }, { key: 7 });
    void connection.handover();
    await bench.watch(10);
    bench.say({ type: "hello" });
    await bench.watch(100);
    expect(bench.network.live()).toBe(2);
    bench.peers[0]?.send('{"type":"answer","id":7}');
    await bench.watch(10);
    await expect(reply).resolves.toMatchObject({ id: 7 });
    expect(bench.network.live()).toBe(1);
  });

  test("C60 rejects a request whose reply never came, once the old socket is gone", async () => {
    const connection = await bench.connected({ replyKey: () => undefined });
    const reply = connection.request<"ask", "answer">("ask", { id: 7 }, { key: 7, timeoutMs: 60_000 });
    const failed = expect(reply).rejects.toMatchObject({ code: "connection-lost" });
    void connection.handover();
    await bench.watch(10);
    bench.say({ type: "hello" });
    await bench.watch(1_050);
    await failed;
    expect([connection.phase, bench.network.live()]).toEqual(["ready", 1]);
  });

  test("leaves the old socket alone while the new one cannot be had, and tells nobody", async () => {
    const connection = await bench.connected();
    const events = trace(connection);
    bench.network.refuse("server", { kind: "refused", message: "not yet" });
    const done = connection.handover();
    await bench.clock.advance(20_000);
    bench.sayOn(0, "still here");
    await bench.clock.advance(10);
    expect([connection.phase, bench.said, events]).toEqual(["ready", ["still here"], []]);
    bench.network.refuse("server", undefined);
    await bench.clock.advance(70_000);
    bench.say({ type: "hello" });
    await bench.clock.advance(100);
    await done;
    expect([events, bench.network.live()]).toEqual([["connected 2"], 1]);
  });
});

test("C48 C76 a manager hands one key over, and has one row for it", async () => {
  const { network, clock } = bench;
  const manager = createConnectionManager({
    protocol: echo,
    socket: network.socket,
    url: (key: number) => `ws://server/${key}`,
    clock,
  });
  manager.add(1);
  manager.add(2);
  await clock.advance(20_000);
  const events: string[] = [];
  manager.on("connected", ({ key, connects }) => void events.push(`${key} connected ${connects}`));
  manager.on("disconnected", ({ key }) => void events.push(`${key} disconnected`));
  const done = manager.handover(1);
  await clock.advance(100);
  await done;
  await manager.handover(3);
  expect([events, manager.size, network.live("/1"), network.live("/2")]).toEqual([
    ["1 connected 2"],
    2,
    1,
    1,
  ]);
  expect(manager.snapshot()).toMatchObject([
    { key: 1, phase: "ready", attempts: 2, connects: 2 },
    { key: 2, phase: "ready", attempts: 1 },
  ]);
  void manager.remove(1);
  await clock.advance(100);
  expect([network.live("/1"), manager.has(1)]).toEqual([0, false]);
  void manager.close();
  await clock.advance(1_500);
  expect([network.live(), clock.pending]).toEqual([0, 0]);
});
