import { beforeEach, describe, expect, test } from "vitest";
import { type Echo, EchoBench, echo, trace } from "../../../../tests/support/echo-bench.ts";
import type { ConnectionOptions } from "./connection.ts";
import { createConnectionManager } from "./connection-manager.ts";

let bench: EchoBench;
let said: string[];
let most: number;

beforeEach(() => {
  bench = new EchoBench();
  said = [];
  most = 0;
});

/** A connection that greets, proves itself after a second, and notes what it was told. */
async function connected(options: Parameters<EchoBench["connect"]>[0] = {}): Promise<Echo> {
  const connection = bench.connect({ readyOn: "hello", stableAfterMs: 1_000, ...options });
  connection.messages.on("said", ({ text }) => void said.push(text));
  await bench.clock.advance(10);
  bench.say({ type: "hello" });
  await bench.clock.advance(2_000);
  expect(connection.phase).toBe("ready");
  return connection;
}
/** Lets time pass in small steps, and keeps the largest number of live sockets. */
async function watch(ms: number): Promise<void> {
  for (let at = 0; at < ms; at++) {
    await bench.clock.advance(1);
    most = Math.max(most, bench.network.live());
  }
}
const from = (peer: number, text: string): void =>
  void bench.peers[peer]?.send(JSON.stringify({ type: "said", text }));

describe("C48 a handover", () => {
  test("opens the new socket before it closes the old, and loses and repeats nothing that either brings", async () => {
    const connection = await connected();
    const events = trace(connection);
    const done = connection.handover();
    from(0, "before");
    await watch(10);
    expect([connection.phase, bench.peers.length]).toEqual(["ready", 2]);
    from(0, "meanwhile");
    bench.say({ type: "hello" });
    from(1, "first of the new");
    from(0, "last of the old");
    await watch(50);
    await done;
    expect(said.sort()).toEqual(["before", "first of the new", "last of the old", "meanwhile"]);
    expect(events).toEqual(["connected 2"]);
    expect([connection.phase, bench.network.live(), most]).toEqual(["ready", 1, 2]);
    connection.send("say", { text: "on the new one" });
    await watch(10);
    expect(bench.heard).toEqual(['{"type":"say","text":"on the new one"}']);
    expect(connection.stats()).toMatchObject({ attempts: 2, connects: 2, received: 5, sent: 1 });
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
    await watch(10);
    bench.say({ type: "hello" });
    await watch(50);
    await Promise.all([one, two]);
    expect([bench.peers.length, bench.network.live()]).toEqual([2, 1]);
  });

  test("lets a request that is under way on the old socket find its reply there", async () => {
    const connection = await connected({
      replyKey: (type, message) => (type === "answer" ? (message as { id: number }).id : undefined),
    });
    const reply = connection.request<"ask", "answer">("ask", { id: 7 }, { key: 7 });
    void connection.handover();
    await watch(10);
    bench.say({ type: "hello" });
    await watch(100);
    expect(bench.network.live()).toBe(2);
    bench.peers[0]?.send('{"type":"answer","id":7}');
    await watch(10);
    await expect(reply).resolves.toMatchObject({ id: 7 });
    expect(bench.network.live()).toBe(1);
  });

  test("C60 rejects a request whose reply never came, once the old socket is gone", async () => {
    const connection = await connected({ replyKey: () => undefined });
    const reply = connection.request<"ask", "answer">("ask", { id: 7 }, { key: 7, timeoutMs: 60_000 });
    const failed = expect(reply).rejects.toMatchObject({ code: "connection-lost" });
    void connection.handover();
    await watch(10);
    bench.say({ type: "hello" });
    await watch(1_050);
    await failed;
    expect([connection.phase, bench.network.live()]).toEqual(["ready", 1]);
  });

  test("leaves the old socket alone while the new one cannot be had, and tells nobody", async () => {
    const connection = await connected();
    const events = trace(connection);
    bench.network.refuse("server", { kind: "refused", message: "not yet" });
    const done = connection.handover();
    await bench.clock.advance(20_000);
    from(0, "still here");
    await bench.clock.advance(10);
    expect([connection.phase, said, events]).toEqual(["ready", ["still here"], []]);
    bench.network.refuse("server", undefined);
    await bench.clock.advance(70_000);
    bench.say({ type: "hello" });
    await bench.clock.advance(100);
    await done;
    expect([events, bench.network.live()]).toEqual([["connected 2"], 1]);
  });

  test("is overtaken when the old socket is lost: the new one is the connection's, and there is never a third", async () => {
    const connection = await connected();
    const events = trace(connection);
    const done = expect(connection.handover()).rejects.toMatchObject({ code: "connection-lost" });
    await watch(5);
    bench.peers[0]?.terminate?.();
    await watch(3_000);
    await done;
    bench.say({ type: "hello" });
    await watch(10);
    expect(events).toEqual(["disconnected abnormal", "connected 2"]);
    expect([connection.phase, bench.network.live(), most <= 2]).toEqual(["ready", 1, true]);
  });

  test("that is refused for good is told, and the old socket stays", async () => {
    const connection = await connected();
    bench.network.refuse("server", { kind: "unauthorized", message: "no more" });
    const failed = expect(connection.handover()).rejects.toMatchObject({ code: "closed" });
    await bench.clock.advance(100);
    await failed;
    expect([connection.phase, bench.network.live()]).toEqual(["ready", 1]);
  });

  test("C38 of a connection that has not proved itself waits as a reconnect would, and longer each time", async () => {
    const connection = bench.connect({ readyOn: "hello", stableAfterMs: 10_000 });
    const at: number[] = [];
    connection.messages.on("hello", () => {
      at.push(bench.clock.now());
      void connection.handover();
    });
    for (let now = 0; now < 100_000; now += 10) {
      if (bench.peers.length > at.length) bench.say({ type: "hello" });
      await bench.clock.advance(10);
    }
    expect(at.length).toBeLessThanOrEqual(12);
    const waits = at.slice(1).map((time, index) => time - (at[index] as number));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
  });

  test.each(["close", "reconnect", "abort"] as const)("ends with `%s`, and leaves nothing", async (how) => {
    const stop = new AbortController();
    const connection = await connected({ signal: stop.signal });
    const failed = expect(connection.handover()).rejects.toMatchObject({ code: "closed" });
    await watch(5);
    if (how === "close") void connection.close();
    else if (how === "reconnect") connection.reconnect();
    else stop.abort();
    await watch(1_500);
    await failed;
    if (how === "reconnect") {
      bench.say({ type: "hello" });
      await watch(10);
      expect([connection.phase, bench.network.live()]).toEqual(["ready", 1]);
      void connection.close();
      await watch(1_500);
    }
    expect([connection.phase, bench.network.live(), bench.clock.pending]).toEqual(["closed", 0, 0]);
  });

  test("C79 does not take over from a connection that is closing", async () => {
    const connection = await connected();
    const failed = expect(connection.handover()).rejects.toMatchObject({ code: "closed" });
    await watch(5);
    bench.network.mute();
    const closed = connection.close();
    bench.say({ type: "hello" });
    await watch(1_500);
    await failed;
    await expect(closed).resolves.toMatchObject({ kind: "local" });
    expect([connection.phase, bench.network.live(), bench.clock.pending]).toEqual(["closed", 0, 0]);
  });

  test("C79 a close while the old socket still waits for a reply ends both", async () => {
    const connection = await connected({ replyKey: () => undefined });
    connection.request("ask", { id: 7 }, { key: 7, timeoutMs: 60_000 }).catch(() => {});
    void connection.handover();
    await watch(10);
    bench.say({ type: "hello" });
    await watch(10);
    expect(bench.network.live()).toBe(2);
    void connection.close();
    await watch(1_500);
    expect([connection.phase, bench.network.live(), bench.clock.pending]).toEqual(["closed", 0, 0]);
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

describe("C85 a message that is repeated after a reconnect", () => {
  const options: Partial<ConnectionOptions<{ say: { text: string } }, { said: { text: string } }>> = {
    messageId: (_type, message) => (message as { text?: string }).text,
  };
  test("is told once, and counted as a duplicate", async () => {
    const connection = await connected(options as Parameters<EchoBench["connect"]>[0]);
    from(0, "one");
    from(0, "two");
    await bench.clock.advance(10);
    bench.network.drop();
    await bench.clock.advance(5_000);
    bench.say({ type: "hello" });
    from(1, "two");
    from(1, "three");
    await bench.clock.advance(10);
    expect([said, connection.stats().duplicates]).toEqual([["one", "two", "three"], 1]);
  });

  test("is recognised over a handover, and forgotten with the connection's end", async () => {
    const connection = await connected(options as Parameters<EchoBench["connect"]>[0]);
    from(0, "one");
    const done = connection.handover();
    await watch(10);
    bench.say({ type: "hello" });
    from(1, "one");
    await watch(10);
    await done;
    expect([said, connection.stats().duplicates]).toEqual([["one"], 1]);
    void connection.close();
    await watch(100);
    void connection.connect();
    await watch(100);
    bench.say({ type: "hello" });
    bench.say({ type: "said", text: "one" });
    await watch(10);
    expect(said).toEqual(["one", "one"]);
  });

  test("of a protocol whose `messageId` throws is told, with an error", async () => {
    const connection = await connected({
      messageId: (type) => {
        if (type === "said") throw new Error("no id");
        return undefined;
      },
    });
    const errors: string[] = [];
    connection.on("error", ({ message }) => void errors.push(message));
    from(0, "one");
    await bench.clock.advance(10);
    expect([said, errors]).toEqual([["one"], ["Option messageId failed: no id"]]);
  });
});
