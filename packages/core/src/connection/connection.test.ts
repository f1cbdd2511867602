import * as v from "valibot";
import { beforeEach, describe, expect, test } from "vitest";
import { defineProtocol } from "../protocol/protocol.ts";
import type { Socket } from "../socket/socket.ts";
import { createManualClock, createTestNetwork, type ManualClock, type TestNetwork } from "../testing/mod.ts";
import { type Connection, type ConnectionOptions, createConnection } from "./connection.ts";

const protocol = defineProtocol({
  name: "echo",
  client: { say: v.object({ text: v.string() }), ask: v.object({ id: v.number() }) },
  server: { hello: v.object({}), said: v.object({ text: v.string() }), answer: v.object({ id: v.number() }) },
});
interface Client {
  say: { text: string };
  ask: { id: number };
}
interface Server {
  hello: object;
  said: { text: string };
  answer: { id: number };
}
type Echo = Connection<Client, Server>;

let clock: ManualClock;
let network: TestNetwork;
/** The server's ends, newest last, and what they heard. */
let peers: Socket[];
let heard: string[];

beforeEach(() => {
  clock = createManualClock();
  network = createTestNetwork({ clock });
  peers = [];
  heard = [];
  network.listen("ws://server", () => (socket) => {
    peers.push(socket);
    return { onFrame: (frame) => void heard.push(String(frame)), onClose: () => {} };
  });
});

function connect(options: Partial<ConnectionOptions<Client, Server>> = {}): Echo {
  const connection = createConnection({
    protocol,
    socket: network.socket,
    url: "ws://server/echo",
    clock,
    random: () => 0.5,
    ...options,
  } as ConnectionOptions<Client, Server>);
  void connection.connect().catch(() => {});
  return connection;
}
const say = (message: object): void => void peers.at(-1)?.send(JSON.stringify(message));
const trace = (connection: Echo): string[] => {
  const events: string[] = [];
  connection.on("connected", ({ connects }) => void events.push(`connected ${connects}`));
  connection.on("disconnected", ({ cause }) => void events.push(`disconnected ${cause.kind}`));
  connection.on("closed", ({ cause }) => void events.push(`closed ${cause.kind}`));
  return events;
};

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
    const idle = createConnection({ protocol, socket: network.socket, url: "ws://server/echo", clock });
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

describe("sending and requests", () => {
  test("C53 C54 what is sent while down goes out in order, before what the connected listener sends", async () => {
    const connection = connect();
    connection.on("connected", () => void connection.send("say", { text: "listener" }));
    expect(connection.send("say", { text: "one" })).toBe("queued");
    expect(connection.send("say", { text: "two" })).toBe("queued");
    await clock.advance(10);
    expect(heard.map((frame) => JSON.parse(frame).text)).toEqual(["one", "two", "listener"]);
  });

  test("C53 an overflowing outbox refuses or drops the oldest, and says so", async () => {
    network.silence("echo", true);
    const refusing = connect({ outbox: { maxMessages: 2 } });
    expect(["a", "b", "c"].map((text) => refusing.send("say", { text }))).toEqual([
      "queued",
      "queued",
      "rejected",
    ]);
    const dropping = connect({ outbox: { maxMessages: 2, policy: "drop-oldest" } });
    const dropped: number[] = [];
    dropping.on("dropped", ({ count }) => void dropped.push(count));
    for (const text of ["a", "b", "c"]) expect(dropping.send("say", { text })).toBe("queued");
    expect(dropped).toEqual([1]);
    expect(connect({ outbox: { policy: "reject" } }).send("say", { text: "a" })).toBe("rejected");
  });

  test("a message that does not fit its schema is an error that names the value", async () => {
    const connection = connect();
    expect(() => connection.send("say", { text: 5 } as never)).toThrow(/say.*text.*5/);
    expect(() => connection.send("shout" as never, {} as never)).toThrow(/shout/);
  });

  test("C60 a request that is pending when the connection is lost is rejected at once", async () => {
    const connection = connect({
      replyKey: (type, message) => (type === "answer" ? (message as Client["ask"]).id : undefined),
    });
    await clock.advance(10);
    const reply = connection.request("ask", { id: 1 }, { key: 1 });
    const lost = expect(reply).rejects.toMatchObject({ code: "connection-lost" });
    network.drop();
    await lost;
  });

  test("a request resolves with its reply, and with a timeout without one", async () => {
    const connection = connect({
      replyKey: (type, message) => (type === "answer" ? (message as Client["ask"]).id : undefined),
    });
    await clock.advance(10);
    const reply = connection.request("ask", { id: 1 }, { key: 1 });
    const none = expect(
      connection.request("ask", { id: 2 }, { key: 2, timeoutMs: 100 }),
    ).rejects.toMatchObject({
      code: "timeout",
    });
    say({ type: "answer", id: 1 });
    await clock.advance(200);
    expect(await reply).toMatchObject({ id: 1 });
    await none;
  });
});

describe("receiving", () => {
  test("C63 C64 C65 what is no message is told with a sample, and the connection stays", async () => {
    const connection = connect();
    await clock.advance(10);
    const invalid: string[] = [];
    const unknown: string[] = [];
    const said: unknown[] = [];
    connection.on("invalid", ({ reason }) => void invalid.push(reason));
    connection.on("unknown", ({ type }) => void unknown.push(type));
    connection.messages.on("said", (message) => void said.push(message));
    for (const frame of ["", "null", "[]", "{", '{"type":5}', '{"type":"said"}', new Uint8Array([0])])
      peers[0]?.send(frame);
    peers[0]?.send('{"type":"constructor"}');
    say({ type: "said", text: "fine", extra: 1 });
    await clock.advance(10);
    expect(invalid).toHaveLength(7);
    expect(unknown).toEqual(["constructor"]);
    expect(said).toEqual([{ text: "fine" }]);
    expect(connection.stats()).toMatchObject({ phase: "ready", invalid: 7, unknown: 1, received: 9 });
  });

  test("C67 C68 C71 a listener that throws or rejects is told once, and the others go on", async () => {
    const connection = connect();
    const errors: string[] = [];
    connection.on("error", ({ message }) => void errors.push(message));
    const said: string[] = [];
    connection.messages.on("said", () => {
      throw new Error("first");
    });
    connection.messages.on("said", async () => {
      throw new Error("second");
    });
    connection.messages.on("said", ({ text }) => void said.push(text));
    await clock.advance(10);
    say({ type: "said", text: "x" });
    await clock.advance(10);
    expect(said).toEqual(["x"]);
    expect(errors).toEqual(["Listener of said failed: first", "Listener of said failed: second"]);
    expect(connection.phase).toBe("ready");
  });

  test("C69 a listener may close, connect and send in any event", async () => {
    const connection = connect();
    const events = trace(connection);
    let times = 0;
    connection.on("connected", () => {
      if (times++ === 0) void connection.close();
    });
    connection.on("closed", () => void connection.connect());
    await clock.advance(50);
    expect(events).toEqual(["connected 1", "closed local", "connected 2"]);
    expect(network.live()).toBe(1);
  });

  test("C72 a stream ends when the connection is closed, after what it had", async () => {
    const connection = connect();
    await clock.advance(10);
    const texts: string[] = [];
    const reading = (async () => {
      for await (const { text } of connection.messages.events("said")) texts.push(text);
    })();
    say({ type: "said", text: "a" });
    say({ type: "said", text: "b" });
    await clock.advance(10);
    void connection.close();
    await clock.advance(10);
    await reading;
    expect(texts).toEqual(["a", "b"]);
  });

  test("C73 messages before a close frame are delivered before the connection is told lost", async () => {
    const connection = connect();
    await clock.advance(10);
    const order: string[] = [];
    connection.messages.on("said", ({ text }) => void order.push(text));
    connection.on("disconnected", ({ cause }) => void order.push(cause.kind));
    say({ type: "said", text: "last words" });
    peers[0]?.close(1000);
    await clock.advance(10);
    expect(order).toEqual(["last words", "closed"]);
  });
});

describe("bad options", () => {
  test.each([
    [{ url: "not a url" }, /url.*not a url/],
    [{ url: 5 }, /url.*5/],
    [{ socket: "ws" }, /socket.*ws/],
    [{ connectTimeoutMs: -1 }, /connectTimeoutMs.*-1/],
    [{ connectTimeoutMs: "soon" }, /connectTimeoutMs.*soon/],
    [{ backoff: { baseMs: Number.NaN } }, /backoff.baseMs.*NaN/],
    [{ heartbeat: { intervalMs: 0 } }, /heartbeat.intervalMs.*0/],
    [{ outbox: { policy: "lose" } }, /outbox.policy.*lose/],
    [{ maxMessageBytes: 0 }, /maxMessageBytes.*0/],
    [{ signal: {} }, /signal/],
    [{ dials: { rate: 0 } }, /dials.rate.*0/],
    [{ headers: { a: 5 } }, /headers.a/],
    [{ clock: {} }, /clock/],
  ])("%o is refused at the call", (options, message) => {
    expect(() => connect(options as never)).toThrow(message);
  });
});
