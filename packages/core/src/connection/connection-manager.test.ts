import * as v from "valibot";
import { beforeEach, describe, expect, test } from "vitest";
import { defineProtocol } from "../protocol/protocol.ts";
import type { Socket } from "../socket/socket.ts";
import { createManualClock, createTestNetwork, type ManualClock, type TestNetwork } from "../testing/mod.ts";
import { type ConnectionManager, createConnectionManager } from "./connection-manager.ts";
import type { ConnectionManagerOptions } from "./connection-manager-options.ts";
import { createDialling } from "./dialling.ts";

interface Client {
  ping: { id: number };
}
interface Server {
  hello: object;
  text: { text: string };
}
const protocol = defineProtocol<Client, Server>({
  name: "keyed",
  client: { ping: v.object({ id: v.number() }) },
  server: { hello: v.object({}), text: v.object({ text: v.string() }) },
});
type Manager = ConnectionManager<number, Client, Server>;

let clock: ManualClock;
let network: TestNetwork;
let peers: Map<string, Socket[]>;
let pings: number[];

beforeEach(() => {
  clock = createManualClock();
  network = createTestNetwork({ clock });
  peers = new Map();
  pings = [];
  network.listen("ws://server", ({ path }) => (socket) => {
    peers.set(path, [...(peers.get(path) ?? []), socket]);
    socket.send('{"type":"hello"}');
    return { onFrame: () => void pings.push(clock.now()), onClose: () => {} };
  });
});

function manage(options: Partial<ConnectionManagerOptions<number, Client, Server>> = {}): Manager {
  return createConnectionManager<number, Client, Server>({
    protocol,
    socket: network.socket,
    url: (key) => `ws://server/${key}`,
    readyOn: "hello",
    clock,
    ...options,
  });
}

describe("keys", () => {
  test("C75 added twice is one connection, and one removed while it connects leaves no socket", async () => {
    const manager = manage();
    expect([manager.add(1), manager.add(1)]).toEqual([true, false]);
    manager.add(2);
    void manager.remove(2);
    await clock.advance(50);
    expect(manager.phase(1)).toBe("ready");
    expect(manager.has(2)).toBe(false);
    expect(network.live()).toBe(1);
  });

  test("C75 C76 removed and added again at once never has two sockets, however often", async () => {
    const manager = manage();
    manager.add(1);
    await clock.advance(50);
    for (let times = 0; times < 3; times++) {
      void manager.remove(1);
      manager.add(1);
    }
    await clock.advance(0);
    expect(network.live()).toBeLessThanOrEqual(1);
    await clock.advance(50);
    expect(network.live()).toBe(1);
    expect(manager.phase(1)).toBe("ready");
    expect(peers.get("/1")).toHaveLength(2);
  });

  test("events and messages carry the key", async () => {
    const manager = manage();
    const told: string[] = [];
    manager.on("connected", ({ key, connects }) => void told.push(`connected ${key} ${connects}`));
    manager.on("disconnected", ({ key, cause }) => void told.push(`disconnected ${key} ${cause.kind}`));
    manager.on("invalid", ({ key, reason }) => void told.push(`invalid ${key} ${reason}`));
    manager.messages.on("text", ({ key, message }) => void told.push(`text ${key} ${message.text}`));
    manager.add(7);
    await clock.advance(20);
    peers.get("/7")?.[0]?.send('{"type":"text","text":"hi"}');
    peers.get("/7")?.[0]?.send('{"type":"text"}');
    await clock.advance(20);
    network.drop("/7");
    await clock.settle();
    expect(told).toEqual([
      "connected 7 1",
      "text 7 hi",
      'invalid 7 text: Invalid key: Expected "text" but received undefined',
      "disconnected 7 abnormal",
    ]);
  });

  test("sending to a key that is not there is rejected, and a closed manager takes no more", async () => {
    const manager = manage();
    expect(manager.send(5, "ping", { id: 1 })).toBe("rejected");
    await expect(manager.request(5, "ping", { id: 1 }, { key: 1 })).rejects.toMatchObject({
      code: "not-sent",
    });
    await manager.close();
    expect(() => manager.add(1)).toThrow(/closed/);
  });
});

describe("a crowd", () => {
  test("C36 heartbeats of 1,000 connections are spread over the interval", async () => {
    const manager = manage({
      heartbeat: { intervalMs: 10_000, timeoutMs: 5_000 },
      dials: { rate: 10_000, concurrency: 1_000 },
      ping: () => ["ping", { id: 1 }],
    });
    for (let key = 0; key < 1_000; key++) manager.add(key);
    await clock.advance(10_200);
    expect(pings.length).toBeGreaterThan(950);
    const perTick = new Map<number, number>();
    for (const at of pings) perTick.set(Math.floor(at / 100), (perTick.get(Math.floor(at / 100)) ?? 0) + 1);
    expect(Math.max(...perTick.values())).toBeLessThan(30);
    await closeAll(manager);
  });

  test("C46 a hung dial frees its slot at its timeout", async () => {
    network.silence("/1", true);
    const manager = manage({ dials: { rate: 1_000, concurrency: 1 }, connectTimeoutMs: 1_000 });
    manager.add(1);
    manager.add(2);
    await clock.advance(900);
    expect(manager.phase(2)).toBe("queued");
    await clock.advance(200);
    expect(manager.phase(2)).toBe("ready");
    await closeAll(manager);
  });

  test("C46 an address that never comes frees its slot, too, and one removed while it waits for its turn", async () => {
    const manager = manage({
      url: (key) => (key === 1 ? new Promise<string>(() => {}) : `ws://server/${key}`),
      dials: { rate: 2, concurrency: 2 },
      connectTimeoutMs: 5_000,
    });
    for (const key of [1, 2, 3, 4]) manager.add(key);
    await clock.advance(100);
    void manager.remove(3);
    await clock.advance(6_000);
    expect(manager.phase(2)).toBe("ready");
    expect(manager.phase(4)).toBe("ready");
    await closeAll(manager);
    expect(manager.stats()).toMatchObject({ dialing: 0, waiting: 0, timers: 0 });
  });

  test("C47 one connection that is told later holds back all others to that host, and no other host", async () => {
    network.listen("ws://other", () => (socket) => {
      socket.send('{"type":"hello"}');
      return { onFrame: () => {}, onClose: () => {} };
    });
    const dialling = createDialling({ clock, dials: { rate: 10, concurrency: 1 } });
    const manager = manage({ dialling, url: (key) => `ws://${key < 50 ? "server" : "other"}/${key}` });
    network.refuse("server/1", { kind: "busy", message: "HTTP 503", status: 503, retryAfterMs: 10_000 });
    manager.add(1);
    await clock.advance(50);
    manager.add(50);
    await clock.advance(9_000);
    expect(manager.phase(50)).toBe("ready");
    expect(network.dials.filter(({ address }) => address.includes("server"))).toHaveLength(1);
    network.refuse("server/1", undefined);
    await clock.advance(2_500);
    expect(manager.phase(1)).toBe("ready");
    await closeAll(manager);
  });

  test("C83 two managers share nothing, unless they are given the same dialling", async () => {
    const [one, two] = [manage(), manage()];
    one.add(1);
    await clock.advance(50);
    expect(one.stats().timers).toBeGreaterThan(0);
    expect(two.stats().timers).toBe(0);
    await closeAll(one);
  });

  test("C79 close ends all of them within the close timeout, mute ones too, and leaves no timer", async () => {
    const manager = manage({ dials: { rate: 10_000, concurrency: 100 }, closeTimeoutMs: 500 });
    for (let key = 0; key < 50; key++) manager.add(key);
    await clock.advance(25);
    network.mute("/1");
    let done = false;
    void manager.close().then(() => {
      done = true;
    });
    await clock.advance(500);
    expect(done).toBe(true);
    await clock.advance(5);
    expect(clock.pending).toBe(0);
    expect(manager.stats()).toMatchObject({ dialing: 0, waiting: 0, timers: 0 });
  });
});

test("a snapshot has one row for each connection, with why its latest attempt ended", async () => {
  network.refuse("/2", { kind: "refused", message: "down" });
  const manager = manage();
  manager.add(1);
  manager.add(2);
  await clock.advance(50);
  expect(manager.snapshot()).toMatchObject([
    { key: 1, phase: "ready", connects: 1, attempts: 1, failures: 0, received: 1 },
    { key: 2, phase: "waiting", connects: 0, attempts: 1, failures: 1, cause: { kind: "refused" } },
  ]);
  expect(manager.stats().phases).toMatchObject({ ready: 1, waiting: 1 });
  await closeAll(manager);
});

async function closeAll(manager: Manager): Promise<void> {
  const closed = manager.close();
  await clock.advance(2_000);
  await closed;
}
