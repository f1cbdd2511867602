import { beforeEach, describe, expect, test } from "vitest";
import { type Echo, EchoBench, type EchoServer, echo, trace } from "../../../../tests/support/echo-bench.ts";
import type { StandardSchema } from "../protocol/standard-schema.ts";
import type { Socket } from "../socket/socket.ts";
import { createConnection } from "./connection.ts";
import { createConnectionManager } from "./connection-manager.ts";

/** Interleavings that went wrong once: each is a race between a step that is under way and what its listeners do. */
let bench: EchoBench;

beforeEach(() => {
  bench = new EchoBench();
});
const replyKey = (type: string, message: object): unknown =>
  type === "answer" ? (message as { id: number }).id : undefined;

describe("C22 C69 close and connect from inside a listener", () => {
  test.each(["connected", "disconnected"] as const)("of `%s` begin a new life", async (name) => {
    const connection = bench.connect();
    const events = trace(connection);
    let connecting: Promise<void> | undefined;
    connection.on(name, () => {
      if (connecting !== undefined) return;
      void connection.close();
      connecting = connection.connect();
    });
    await bench.clock.advance(10);
    if (name === "disconnected") bench.network.drop();
    await bench.clock.advance(50);
    await connecting;
    expect(events.slice(-2)).toEqual(["closed local", "connected 2"]);
    expect([connection.phase, bench.network.live()]).toEqual(["ready", 1]);
  });
});

describe("C19 C20 C73 a schema that settles late", () => {
  const slow = (): StandardSchema<object> => ({
    "~standard": {
      version: 1,
      vendor: "slow",
      validate: (value) =>
        new Promise((resolve) => bench.clock.setTimer(() => resolve({ value: value as object }), 500)),
    },
  });
  const withSlow = (type: keyof EchoServer): typeof echo => {
    const validators = new Map(echo.server.validators).set(type, (value) =>
      slow()["~standard"].validate(value),
    );
    return { ...echo, server: { validators } };
  };

  test("makes no later attempt ready", async () => {
    const connection = bench.connect({ protocol: withSlow("hello"), readyOn: "hello", random: () => 0 });
    await bench.clock.advance(10);
    bench.say({ type: "hello" });
    await bench.clock.advance(100);
    bench.network.drop();
    await bench.clock.advance(300);
    expect(bench.network.dials).toHaveLength(2);
    await bench.clock.advance(1_000);
    expect(connection.phase).toBe("opening");
    expect(connection.stats().lateFrames).toBe(1);
  });

  test("is heard by nobody after the connection was closed", async () => {
    const connection = bench.connect({ protocol: withSlow("said") });
    const said: unknown[] = [];
    connection.messages.on("said", (message) => void said.push(message));
    await bench.clock.advance(10);
    bench.say({ type: "said", text: "late" });
    await bench.clock.advance(10);
    void connection.close();
    await bench.clock.advance(1_000);
    expect(said).toEqual([]);
  });
});

describe("C60 C62 requests", () => {
  test("that are aborted before they begin, or while they wait, are never sent", async () => {
    const connection = bench.connect({ replyKey });
    const before = connection.request("ask", { id: 1 }, { key: 1, signal: AbortSignal.abort() });
    await expect(before).rejects.toMatchObject({ code: "aborted" });
    const controller = new AbortController();
    const waiting = connection.request("ask", { id: 2 }, { key: 2, signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await bench.clock.advance(50);
    expect(bench.heard).toEqual([]);
  });

  test("made while the connection is down are sent once it is up, over failed attempts", async () => {
    bench.network.refuse("echo", { kind: "refused", message: "down" });
    const connection = bench.connect({ replyKey });
    const asked = connection.request("ask", { id: 7 }, { key: 7 });
    await bench.clock.advance(100);
    bench.network.refuse("echo", undefined);
    await bench.clock.advance(1_000);
    expect(bench.heard).toEqual(['{"type":"ask","id":7}']);
    bench.say({ type: "answer", id: 7 });
    await bench.clock.advance(10);
    expect(await asked).toMatchObject({ id: 7 });
  });

  test.each(["5000", Number.NaN, 0, -1])("refuse a timeout of %s", async (timeoutMs) => {
    const connection = bench.connect({ replyKey });
    const asked = connection.request("ask", { id: 1 }, { key: 1, timeoutMs: timeoutMs as number });
    await expect(asked).rejects.toThrow(/timeoutMs/);
  });
});

describe("transports that break the contract", () => {
  const broken = (over: Partial<Socket>): Echo =>
    bench.connect({
      socket: async () => ({ bufferedAmount: 0, send: () => true, close: () => {}, ...over }),
      heartbeat: { intervalMs: 100, timeoutMs: 50 },
    });
  const fail = (): never => {
    throw new Error("broken");
  };

  test("a close that throws still ends the connection", async () => {
    const connection = broken({ close: fail });
    await bench.clock.advance(10);
    void connection.close();
    await bench.clock.advance(10);
    expect((await connection.closed).kind).toBe("local");
  });

  test("a ping that throws, and a send that throws, count as a socket that takes nothing", async () => {
    const connection = broken({ ping: fail, send: fail });
    const events = trace(connection);
    await bench.clock.advance(10);
    expect(connection.send("say", { text: "x" })).toBe("queued");
    await bench.clock.advance(150);
    expect(events.slice(0, 2)).toEqual(["connected 1", "disconnected mute"]);
    await connection.close();
  });

  test.each([Number.NaN, -5, Number.POSITIVE_INFINITY])(
    "C43 a Retry-After of %s makes no loop",
    async (retryAfterMs) => {
      bench.network.refuse("echo", { kind: "busy", message: "later", retryAfterMs });
      bench.connect();
      await bench.clock.advance(20_000);
      expect(bench.network.dials.length).toBeLessThan(12);
    },
  );

  test("randomness that throws is the middle", async () => {
    const connection = bench.connect({ random: fail });
    await bench.clock.advance(10);
    bench.network.drop();
    await bench.clock.advance(700);
    expect(connection.stats().connects).toBe(2);
  });
});

test("C81 its signal ends the second life, too", async () => {
  const controller = new AbortController();
  const connection = bench.connect({ signal: controller.signal });
  await bench.clock.advance(10);
  void connection.close();
  await bench.clock.advance(10);
  void connection.connect();
  await bench.clock.advance(10);
  expect(connection.phase).toBe("ready");
  controller.abort();
  await bench.clock.advance(10);
  expect((await connection.closed).kind).toBe("aborted");
});

test("C49 `isFinal` is asked about timeouts, too", async () => {
  bench.network.silence("echo", true);
  const connection = bench.connect({ isFinal: ({ kind }) => kind === "timeout", connectTimeoutMs: 1_000 });
  await bench.clock.advance(1_000);
  expect(await connection.closed).toMatchObject({ kind: "timeout" });
});

test("C47 connections that wait for a held host leave their slots to those that want another", async () => {
  bench.network.listen("ws://healthy", () => () => ({ onFrame: () => {}, onClose: () => {} }));
  bench.network.refuse("server", { kind: "busy", message: "HTTP 503", status: 503, retryAfterMs: 60_000 });
  const manager = createConnectionManager<number, object, object>({
    protocol: { ...echo, client: { validators: new Map() }, server: { validators: new Map() } },
    socket: bench.network.socket,
    url: (key) => `ws://${key < 100 ? "server" : "healthy"}/${key}`,
    clock: bench.clock,
    dials: { concurrency: 10, rate: 100 },
  });
  for (let key = 0; key <= 100; key++) manager.add(key);
  await bench.clock.advance(5_000);
  expect(manager.phase(100)).toBe("ready");
  expect(manager.snapshot().filter(({ cause }) => cause?.kind === "timeout")).toEqual([]);
  const closed = manager.close();
  await bench.clock.advance(2_000);
  await closed;
  expect(bench.clock.pending).toBe(0);
});

test("a connection that was never asked to connect can be closed", async () => {
  const idle = createConnection({ protocol: echo, socket: bench.network.socket, url: "ws://server" });
  expect((await idle.close()).kind).toBe("local");
});

test("C46 teams that get no answer for their address do not keep others from theirs", async () => {
  const manager = createConnectionManager<number, object, object>({
    protocol: { ...echo, client: { validators: new Map() }, server: { validators: new Map() } },
    socket: bench.network.socket,
    url: (key) => (key < 400 ? new Promise<string>(() => {}) : "ws://server/answered"),
    clock: bench.clock,
  });
  for (let key = 0; key < 500; key++) manager.add(key);
  await bench.clock.advance(6_000);
  expect(manager.stats().phases.ready).toBe(100);
  const closed = manager.close();
  await bench.clock.advance(2_000);
  await closed;
  expect([bench.clock.pending, manager.stats().dialing]).toEqual([0, 0]);
});

test("C44 a loop that stalls now and then in a dial brings none nearer to the next than the rate allows", async () => {
  const { clock, network } = bench;
  let stalledMs = 0;
  const times: number[] = [];
  const now = (): number => clock.now() + stalledMs;
  const manager = createConnectionManager({
    protocol: echo,
    socket: (...dial) => {
      times.push(now());
      if (times.length % 50 === 7) stalledMs += 60;
      return network.socket(...dial);
    },
    url: (key: number) => `ws://server/${key}`,
    clock: { ...clock, now },
    dials: { rate: 200 },
  });
  for (let key = 0; key < 300; key++) manager.add(key);
  await clock.advance(5_000);
  expect(times).toHaveLength(300);
  for (const [index, at] of times.entries())
    expect(times.slice(index).filter((other) => other < at + 100).length).toBeLessThanOrEqual(20);
});
