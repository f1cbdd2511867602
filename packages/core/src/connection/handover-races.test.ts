import { beforeEach, describe, expect, test } from "vitest";
import { EchoBench, trace } from "../../../../tests/support/echo-bench.ts";
import type { SocketFactory } from "../socket/socket.ts";

let bench: EchoBench;

beforeEach(() => {
  bench = new EchoBench();
});

describe("C48 a handover", () => {
  test("is overtaken when the old socket is lost: the new one is the connection's, and there is never a third", async () => {
    const connection = await bench.connected();
    const events = trace(connection);
    const done = expect(connection.handover()).rejects.toMatchObject({ code: "connection-lost" });
    await bench.watch(5);
    bench.peers[0]?.terminate?.();
    await bench.watch(3_000);
    await done;
    bench.say({ type: "hello" });
    await bench.watch(10);
    expect(events).toEqual(["disconnected abnormal", "connected 2"]);
    expect([connection.phase, bench.network.live(), bench.most <= 2]).toEqual(["ready", 1, true]);
  });

  test("that is refused for good is told, and the old socket stays", async () => {
    const connection = await bench.connected();
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

  test("C38 whose server drops each socket at once is dialled no more often than without it", async () => {
    const connection = bench.connect({ readyOn: "hello" });
    let greeted = 0;
    connection.messages.on("hello", () => {
      void connection.handover().catch(() => {});
      bench.clock.setTimer(() => void bench.peers.at(-1)?.terminate?.(), 2);
    });
    for (let now = 0; now < 100_000; now += 10) {
      for (; greeted < bench.peers.length; greeted++)
        bench.peers[greeted]?.send(JSON.stringify({ type: "hello" }));
      await bench.clock.advance(10);
    }
    expect(bench.network.dials.length).toBeLessThanOrEqual(12);
  });

  test("C69 that a listener asks for after it has closed is none: the connection ends", async () => {
    const connection = bench.connect({ readyOn: "hello" });
    let closed = "";
    connection.on("connected", () => {
      void connection.close().then(({ kind }) => {
        closed = kind;
      });
      void connection.handover();
    });
    await bench.clock.advance(10);
    bench.network.mute("server", "there");
    bench.say({ type: "hello" });
    await bench.clock.advance(5_000);
    expect([closed, connection.phase, bench.clock.pending]).toEqual(["local", "closed", 0]);
  });

  test("C55 takes along what may be replayed, and counts what either socket brings", async () => {
    let full = true;
    const socket: SocketFactory = async (address, handler, options) => {
      const opened = await bench.network.socket(address, handler, options);
      const stuck = bench.peers.length === 1;
      return {
        ...{ send: (frame) => opened.send(frame), close: (code, reason) => opened.close(code, reason) },
        terminate: () => opened.terminate?.(),
        get bufferedAmount() {
          return stuck && full ? 10_000_000 : 0;
        },
      };
    };
    const connection = await bench.connected({ socket });
    expect(connection.send("say", { text: "replayed" }, { replay: true })).toBe("queued");
    void connection.handover();
    await bench.watch(10);
    bench.say({ type: "hello" });
    await bench.watch(10);
    expect(bench.heard).toEqual(['{"type":"say","text":"replayed"}']);
    full = false;
    await bench.watch(1_100);
    expect([connection.stats().dropped, bench.network.live()]).toEqual([0, 1]);
  });

  test("C76 follows another at once, and there are never three sockets", async () => {
    const connection = await bench.connected({ replyKey: () => undefined, stableAfterMs: 0 });
    for (let count = 1; count <= 6; count++) {
      connection.request("ask", { id: count }, { key: count, timeoutMs: 60_000 }).catch(() => {});
      void connection.handover();
      await bench.watch(10);
      bench.say({ type: "hello" });
      await bench.watch(5);
    }
    expect([connection.phase, bench.most]).toEqual(["ready", 2]);
  });

  test("C52 that waits is hurried by the network's return", async () => {
    let back: () => void = () => {};
    const online = (listener: () => void): (() => void) => {
      back = listener;
      return () => {};
    };
    const connection = await bench.connected({ online, random: () => 1 });
    bench.network.refuse("server", { kind: "refused", message: "not yet" });
    const done = connection.handover();
    await bench.clock.advance(100_000);
    bench.network.refuse("server", undefined);
    back();
    await bench.watch(10);
    bench.say({ type: "hello" });
    await bench.watch(10);
    await done;
    expect([connection.phase, bench.network.live()]).toEqual(["ready", 1]);
  });

  test.each(["close", "reconnect", "abort"] as const)("ends with `%s`, and leaves nothing", async (how) => {
    const stop = new AbortController();
    const connection = await bench.connected({ signal: stop.signal });
    const failed = expect(connection.handover()).rejects.toMatchObject({ code: "closed" });
    await bench.watch(5);
    if (how === "close") void connection.close();
    else if (how === "reconnect") connection.reconnect();
    else stop.abort();
    await bench.watch(1_500);
    await failed;
    if (how === "reconnect") {
      bench.say({ type: "hello" });
      await bench.watch(10);
      expect([connection.phase, bench.network.live()]).toEqual(["ready", 1]);
      void connection.close();
      await bench.watch(1_500);
    }
    expect([connection.phase, bench.network.live(), bench.clock.pending]).toEqual(["closed", 0, 0]);
  });

  test("C79 does not take over from a connection that is closing", async () => {
    const connection = await bench.connected();
    const failed = expect(connection.handover()).rejects.toMatchObject({ code: "closed" });
    await bench.watch(5);
    bench.network.mute();
    const closed = connection.close();
    bench.say({ type: "hello" });
    await bench.watch(1_500);
    await failed;
    await expect(closed).resolves.toMatchObject({ kind: "local" });
    expect([connection.phase, bench.network.live(), bench.clock.pending]).toEqual(["closed", 0, 0]);
  });

  test("C79 a close while the old socket still waits for a reply ends both", async () => {
    const connection = await bench.connected({ replyKey: () => undefined });
    connection.request("ask", { id: 7 }, { key: 7, timeoutMs: 60_000 }).catch(() => {});
    void connection.handover();
    await bench.watch(10);
    bench.say({ type: "hello" });
    await bench.watch(10);
    expect(bench.network.live()).toBe(2);
    void connection.close();
    await bench.watch(1_500);
    expect([connection.phase, bench.network.live(), bench.clock.pending]).toEqual(["closed", 0, 0]);
  });
});
