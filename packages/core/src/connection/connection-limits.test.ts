import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EchoBench, echo } from "../../../../tests/support/echo-bench.ts";
import { systemClock } from "../clock.ts";
import { memory } from "../socket/memory-network.ts";
import type { SocketFactory } from "../socket/socket.ts";
import { createConnection } from "./connection.ts";

let bench: EchoBench;
beforeEach(() => {
  bench = new EchoBench();
});
afterEach(() => void vi.useRealTimers());

test("C59 a peer that reads nothing does not keep a close waiting for what is buffered", async () => {
  const stuck: SocketFactory = async (address, handler, options) => {
    const socket = await bench.network.socket(address, handler, options);
    return Object.create(socket, {
      bufferedAmount: { value: 100_000_000 },
      send: { value: () => true },
      close: { value: () => {} },
      terminate: { value: () => socket.terminate?.() },
    });
  };
  const connection = bench.connect({ socket: stuck, closeTimeoutMs: 700 });
  await bench.clock.advance(10);
  for (let count = 0; count < 5; count++) connection.send("say", { text: "waits" });
  let ended = 0;
  void connection.close().then(() => {
    ended = bench.clock.now();
  });
  await bench.clock.advance(5_000);
  expect([ended, connection.phase, bench.network.live(), bench.clock.pending]).toEqual([710, "closed", 0, 0]);
  expect(connection.stats().dropped).toBe(5);
});

test("C16 a close frame is the end at once, whatever becomes of the connection below it", async () => {
  const connection = bench.connect({ random: () => 0 });
  const told: string[] = [];
  connection.on(
    "disconnected",
    ({ cause }) => void told.push(`${cause.kind} ${cause.code} ${bench.clock.now()}`),
  );
  await bench.clock.advance(10);
  const closedAt = bench.clock.now();
  bench.network.close("server", 4001, "bye");
  await bench.clock.advance(1);
  // From here on nothing of the old connection arrives: nobody answers, nobody ends it.
  bench.network.mute();
  await bench.clock.advance(1_000);
  expect(told).toEqual([`closed 4001 ${closedAt + 1}`]);
  expect(connection.phase).toBe("ready");
  void connection.close();
  await bench.clock.advance(1_000);
});

test("C34 an urgent message passes all that waits, also before the connection is ready, and is never kept", async () => {
  let full = true;
  const socket: SocketFactory = async (address, handler, options) =>
    Object.create(await bench.network.socket(address, handler, options), {
      bufferedAmount: { get: () => (full ? 100_000_000 : 0) },
      send: { value: (frame: string) => bench.peers.length > 0 && bench.heard.push(frame) > 0 },
      close: { value: () => {} },
    });
  const connection = bench.connect({ socket, readyOn: "hello" });
  expect(connection.send("say", { text: "too early" }, { urgent: true })).toBe("rejected");
  await bench.clock.advance(10);
  expect(connection.send("say", { text: "login" }, { urgent: true })).toBe("sent");
  bench.say({ type: "hello" });
  await bench.clock.advance(10);
  expect(connection.send("say", { text: "waits" })).toBe("queued");
  expect(connection.send("say", { text: "now" }, { urgent: true })).toBe("sent");
  expect(bench.heard.map((frame) => JSON.parse(frame).text)).toEqual(["login", "now"]);
  full = false;
  await bench.clock.advance(100);
  expect(bench.heard.map((frame) => JSON.parse(frame).text)).toEqual(["login", "now", "waits"]);
  expect(connection.stats()).toMatchObject({ sent: 3, queued: 0 });
  void connection.close();
  await bench.clock.advance(2_000);
  expect(connection.send("say", { text: "too late" }, { urgent: true })).toBe("rejected");
});

test("C33 a wall clock that jumps an hour either way makes nobody mute and no wait longer", async () => {
  const network = memory();
  network.listen("ws://server", () => () => ({ onFrame: () => {}, onClose: () => {} }));
  // Only the wall clock is faked: timers and the monotonic clock are the host's.
  vi.useFakeTimers({ toFake: ["Date"] });
  const connection = createConnection({
    protocol: echo,
    socket: network.socket,
    url: "ws://server",
    heartbeat: { intervalMs: 20, timeoutMs: 15 },
  });
  let lost = 0;
  connection.on("disconnected", () => void lost++);
  await connection.connect();
  const started = systemClock.now();
  for (let jump = 0; jump < 10; jump++) {
    vi.setSystemTime(Date.now() + (jump % 2 === 0 ? 3_600_000 : -7_200_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const took = systemClock.now() - started;
  expect([lost, connection.phase, took > 190 && took < 60_000]).toEqual([0, "ready", true]);
  await connection.close();
});
