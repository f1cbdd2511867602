import { beforeEach, describe, expect, test } from "vitest";
import {
  type Echo,
  EchoBench,
  type EchoClient,
  type EchoServer,
  trace,
} from "../../../../tests/support/echo-bench.ts";
import type { Socket } from "../socket/socket.ts";
import type { ManualClock, TestNetwork } from "../testing/mod.ts";
import type { ConnectionOptions } from "./connection.ts";

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

describe("sending and requests", () => {
  test("C53 C54 what is sent while down goes out in order, before what the connected listener sends", async () => {
    const connection = connect();
    connection.on("connected", () => void connection.send("say", { text: "listener" }));
    expect(connection.send("say", { text: "one" })).toBe("queued");
    expect(connection.send("say", { text: "two" })).toBe("queued");
    await clock.advance(10);
    expect(bench.heard.map((frame) => JSON.parse(frame).text)).toEqual(["one", "two", "listener"]);
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
      replyKey: (type, message) => (type === "answer" ? (message as EchoClient["ask"]).id : undefined),
    });
    await clock.advance(10);
    const reply = connection.request("ask", { id: 1 }, { key: 1 });
    const lost = expect(reply).rejects.toMatchObject({ code: "connection-lost" });
    network.drop();
    await lost;
  });

  test("a request resolves with its reply, and with a timeout without one", async () => {
    const connection = connect({
      replyKey: (type, message) => (type === "answer" ? (message as EchoClient["ask"]).id : undefined),
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
    [{ dials: { rate: Number.NaN } }, /dials.rate.*NaN/],
    [{ dials: { concurrency: 1.5 } }, /dials.concurrency.*1.5/],
    [{ headers: { a: 5 } }, /headers.a/],
    [{ clock: {} }, /clock/],
  ])("%o is refused at the call", (options, message) => {
    expect(() => connect(options as never)).toThrow(message);
  });
});
