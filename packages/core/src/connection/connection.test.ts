import { beforeEach, describe, expect, test } from "vitest";
import {
  type Echo,
  EchoBench,
  type EchoClient,
  type EchoServer,
  echo,
  trace,
} from "../../../../tests/support/echo-bench.ts";
import type { Socket } from "../socket/socket.ts";
import { createTestNetwork, type ManualClock, type TestNetwork } from "../testing/mod.ts";
import { type ConnectionOptions, createConnection } from "./connection.ts";

let bench: EchoBench;
let clock: ManualClock;
let network: TestNetwork;
let peers: Socket[];

beforeEach(() => {
  bench = new EchoBench();
  ({ clock, network, peers } = bench);
});
const connect = (options: Partial<ConnectionOptions<EchoClient, EchoServer>> = {}): Echo =>
  bench.connect(options);
const say = (message: object): void => bench.say(message);

describe("connecting", () => {
  test("C1 an upgrade that is never answered fails at the connect timeout and is retried", async () => {
    network.silence("echo", true);
    const connection = connect({ connectTimeoutMs: 10_000 });
    const events = trace(connection);
    await clock.advance(10_000);
    expect(events).toEqual(["disconnected timeout"]);
    network.silence("echo", false);
    await clock.advance(1_000);
    expect(events).toEqual(["disconnected timeout", "connected 1"]);
    expect(network.live()).toBe(1);
  });

  test("C3 a hello that never comes fails at the ready timeout and is retried", async () => {
    const connection = connect({ readyOn: "hello", readyTimeoutMs: 5_000 });
    const events = trace(connection);
    await clock.advance(5_010);
    expect(events).toEqual(["disconnected not-ready"]);
    await clock.advance(1_000);
    say({ type: "hello" });
    await clock.advance(10);
    expect(events.at(-1)).toBe("connected 1");
  });

  test("C4 an end before ready is noticed at once", async () => {
    const connection = connect({ readyOn: "hello" });
    const events = trace(connection);
    await clock.advance(10);
    network.drop();
    await clock.settle();
    expect(events).toEqual(["disconnected abnormal"]);
  });

  test("C5 close during the dial leaves no socket and no later open", async () => {
    const connection = connect();
    const events = trace(connection);
    await connection.close();
    await clock.advance(60_000);
    expect(events).toEqual(["closed local"]);
    expect(network.live()).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test("C6 a socket that opens after its attempt was abandoned is dropped", async () => {
    let open: (socket: Socket) => void = () => {};
    let dropped = 0;
    const late = { bufferedAmount: 0, send: () => true, close: () => {}, terminate: () => void dropped++ };
    const connection = connect({
      socket: () => new Promise((resolve) => (open = resolve)),
      connectTimeoutMs: 1_000,
      maxAttempts: 1,
    });
    await clock.advance(1_000);
    open(late);
    await clock.settle();
    expect(dropped).toBe(1);
    expect(connection.phase).toBe("closed");
  });

  test("C7 a factory that throws at once is a failed attempt", async () => {
    const connection = connect({
      socket: () => {
        throw new Error("not allowed here");
      },
    });
    const events = trace(connection);
    await clock.advance(10);
    expect(events).toEqual(["disconnected refused"]);
  });

  test("C8 C10 an address provider that rejects is retried, and one that says unauthorized is the end", async () => {
    let times = 0;
    const connection = connect({
      url: () => Promise.reject(Object.assign(new Error("no"), times++ > 0 ? { code: "unauthorized" } : {})),
    });
    const events = trace(connection);
    await clock.advance(2_000);
    expect(events).toEqual(["disconnected no-address", "closed unauthorized"]);
  });

  test("C9 an address that never comes is covered by the connect timeout, and its late result is ignored", async () => {
    let give: (url: string) => void = () => {};
    const connection = connect({
      url: () => new Promise((resolve) => (give = resolve)),
      connectTimeoutMs: 100,
    });
    const events = trace(connection);
    await clock.advance(100);
    give("ws://server/echo");
    await clock.advance(1);
    expect(events).toEqual(["disconnected timeout"]);
    expect(network.dials).toEqual([]);
  });

  test("C14 after a stall an open that is already there wins over the overdue connect timeout", async () => {
    const slow = createTestNetwork({ clock, latencyMs: 4_000 });
    slow.listen("ws://server", () => () => ({ onFrame: () => {}, onClose: () => {} }));
    const connection = connect({ socket: slow.socket, connectTimeoutMs: 5_000 });
    const events = trace(connection);
    await clock.advance(4_500);
    await clock.stall(60_000);
    await clock.advance(500);
    expect(events).toEqual(["connected 1"]);
  });

  test("C23 connecting twice gives one socket and one promise", async () => {
    const connection = connect();
    const [first, second] = [connection.connect(), connection.connect()];
    expect(first).toBe(second);
    await clock.advance(10);
    await first;
    expect(network.dials).toHaveLength(1);
  });

  test("C51 after maxAttempts it ends once, and connecting by hand works again", async () => {
    network.refuse("echo", { kind: "refused", message: "down" });
    const connection = connect({ maxAttempts: 3 });
    const events = trace(connection);
    await clock.advance(60_000);
    expect(events).toEqual(["disconnected refused", "disconnected refused", "closed refused"]);
    network.refuse("echo", undefined);
    const again = connection.connect();
    await clock.advance(10);
    await again;
    expect(events.at(-1)).toBe("connected 1");
  });
});

describe("closing", () => {
  test("C15 a mute peer does not delay the next attempt", async () => {
    const connection = connect({ heartbeat: false, random: () => 0 });
    await clock.advance(10);
    network.mute();
    connection.reconnect();
    await clock.advance(50);
    expect(connection.stats()).toMatchObject({ phase: "ready", connects: 2 });
    expect(network.live()).toBe(1);
  });

  test("C21 closing twice, when idle and during backoff gives one closed, which resolves", async () => {
    network.refuse("echo", { kind: "refused", message: "down" });
    const connection = connect();
    const events = trace(connection);
    await clock.advance(10);
    expect(await Promise.all([connection.close(), connection.close()])).toEqual([
      { kind: "local", message: "Closed by this side" },
      { kind: "local", message: "Closed by this side" },
    ]);
    expect(events).toEqual(["disconnected refused", "closed local"]);
    const idle = createConnection({ protocol: echo, socket: network.socket, url: "ws://server/echo", clock });
    expect((await idle.close()).kind).toBe("local");
  });

  test("C22 close and connect in one tick leave exactly one live socket", async () => {
    const connection = connect();
    await clock.advance(10);
    const events = trace(connection);
    const closed = connection.close();
    void connection.connect();
    await clock.advance(50);
    expect((await closed).kind).toBe("local");
    expect(events).toEqual(["closed local", "connected 2"]);
    expect(network.live()).toBe(1);
  });

  test("C24 reconnect during a dial and during backoff keeps one attempt in flight", async () => {
    const connection = connect();
    connection.reconnect();
    await clock.settle();
    connection.reconnect();
    await clock.advance(10);
    expect(network.dials).toHaveLength(1);
    network.drop();
    await clock.settle();
    connection.reconnect();
    connection.reconnect();
    await clock.advance(10);
    expect(network.dials).toHaveLength(2);
    expect(network.live()).toBe(1);
  });

  test("C26 C79 after close no timer is left, whatever it was doing", async () => {
    for (const afterMs of [0, 1, 2, 10, 40_000]) {
      const connection = connect();
      await clock.advance(afterMs);
      void connection.close();
      await clock.advance(1_000);
      expect(connection.phase).toBe("closed");
      expect(clock.pending).toBe(0);
    }
  });

  test("C79 a peer that never answers a close is dropped at the close timeout", async () => {
    const connection = connect({ closeTimeoutMs: 700 });
    await clock.advance(10);
    network.mute();
    const closed = connection.close();
    await clock.advance(699);
    expect(connection.phase).toBe("closing");
    await clock.advance(1);
    await closed;
    // The dropped end's news is still on its way to the muted peer.
    await clock.advance(1);
    expect(clock.pending).toBe(0);
  });

  test("C81 its signal and await using close it", async () => {
    const controller = new AbortController();
    const connection = connect({ signal: controller.signal });
    await clock.advance(10);
    controller.abort();
    await clock.advance(10);
    expect((await connection.closed).kind).toBe("aborted");
    await expect(connection.connect()).rejects.toMatchObject({ code: "aborted" });
    const other = connect();
    await clock.advance(10);
    void other[Symbol.asyncDispose]();
    await clock.advance(10);
    expect(other.phase).toBe("closed");
  });
});

describe("backoff", () => {
  test("C38 C39 it grows over connections that do not last, and starts anew only after a proof", async () => {
    const delays: number[] = [];
    const connection = connect({ stableAfterMs: 5_000, random: () => 1 - Number.EPSILON });
    connection.on("disconnected", ({ retryInMs }) => void delays.push(Math.round(retryInMs)));
    await clock.advance(10);
    const dropAfter = async (ms: number): Promise<void> => {
      await clock.advance(ms);
      network.drop();
      await clock.advance((delays.at(-1) ?? 0) + 10);
    };
    for (let drop = 0; drop < 4; drop++) await dropAfter(4_000);
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000]);
    await dropAfter(600_000);
    expect(delays.at(-1)).toBe(1_000);
  });

  test("C47 a host that says later is left alone for as long as it asked", async () => {
    network.refuse("echo", { kind: "busy", message: "HTTP 429", status: 429, retryAfterMs: 20_000 });
    const connection = connect();
    const delays: number[] = [];
    connection.on("disconnected", ({ retryInMs }) => void delays.push(retryInMs));
    await clock.advance(19_000);
    network.refuse("echo", undefined);
    expect(network.dials).toHaveLength(1);
    await clock.advance(1_100);
    expect(delays[0]).toBeGreaterThanOrEqual(20_000);
    expect(connection.phase).toBe("ready");
  });

  test("C49 a cause that isFinal names ends the connection, with the cause", async () => {
    const connection = connect({ isFinal: ({ code }) => code === 4001 });
    await clock.advance(10);
    peers[0]?.close(4001, "banned");
    await clock.advance(10);
    expect(await connection.closed).toMatchObject({ kind: "closed", code: 4001, reason: "banned" });
  });
});
