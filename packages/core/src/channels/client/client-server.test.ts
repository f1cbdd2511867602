import { expect, test } from "vitest";
import { memoryStore } from "../../server/memory-store.ts";
import { createManualClock, createTestNetwork, type ManualClock } from "../../testing/mod.ts";
import { createChannelServer } from "../server/server.ts";
import type { ChannelServerOptions, EmitOptions } from "../server/server-options.ts";
import { createChannelClient } from "./client.ts";
import type { ChannelClient, ChannelClientOptions } from "./client-options.ts";
import { emit } from "./emit.ts";

/** Both halves with each other, in memory and on a manual clock; what is emitted goes through HTTP. */
function setUp(options: ChannelServerOptions = {}) {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const server = createChannelServer({ clock, ...options });
  const listener = network.listen("ws://server", server.accept);
  const listen = async (
    more: Partial<ChannelClientOptions<unknown>> = {},
  ): Promise<ChannelClient<unknown> & { readonly heard: unknown[] }> => {
    const client = createChannelClient<unknown>({
      ...{ url: "ws://server", channel: "news", socket: network.socket, clock, random: () => 0.5 },
      ...more,
    });
    const heard: unknown[] = [];
    client.on("event", ({ payload }) => heard.push(payload));
    await clock.until(client.connect());
    return Object.assign(client, { heard });
  };
  const say = (payload: unknown, asked: EmitOptions & { token?: string } = {}) =>
    settled(
      clock,
      emit("http://server", payload, {
        ...{
          channel: "news",
          clock,
          fetch: (url, init) => server.fetch(new Request(url, init), "127.0.0.1"),
        },
        ...asked,
      }),
    );
  return { clock, network, server, listener, listen, say };
}

/** A turn of the loop, in which a body is read: the manual clock settles promises alone. */
function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage("");
  });
}

/** Moves time on, with turns of the loop between, until a promise settles. */
async function settled<Value>(clock: ManualClock, promise: Promise<Value>): Promise<Value> {
  let done = false;
  const settles = (): void => {
    done = true;
  };
  promise.then(settles, settles);
  for (;;) {
    for (let turns = 0; turns < 3 && !done; turns++) await turn();
    if (done) return promise;
    await clock.advance(5);
  }
}

test("everybody hears an event, and an emit that asks for it names who acknowledged", async () => {
  const { clock, server, listen, say } = setUp();
  const [first, second] = [await listen(), await listen()];
  await expect(say({ hello: "world" })).resolves.toMatchObject({
    code: "delivered",
    delivered: 2,
    stored: true,
  });
  const { acknowledged, acked } = await say({ n: 2 }, { requireAck: true });
  expect(acknowledged).toBe(true);
  expect([...(acked ?? [])].sort()).toEqual([first.clientId, second.clientId].sort());
  expect(first.heard).toEqual([{ hello: "world" }, { n: 2 }]);
  expect(second.heard).toEqual(first.heard);
  await Promise.all([first, second].map((client) => clock.until(client.close())));
  await server.close();
  expect(clock.pending).toBe(0);
});

test("decision 3: an aim reaches whom it names, who acknowledges by hand", async () => {
  const { clock, listen, say } = setUp();
  const [one, other] = [await listen({ ack: "manual" }), await listen()];
  one.on("event", (event) => clock.setTimer(() => event.ack(), 1_000));
  const asked = { clients: [String(one.clientId), "client_of_nobody_here"], requireAck: true };
  await expect(say({ n: 1 }, asked)).resolves.toMatchObject({
    code: "delivered",
    acked: [one.clientId],
    missing: ["client_of_nobody_here"],
    acknowledged: false,
    stored: false,
  });
  expect(other.heard).toEqual([]);
});

test("decision 4: a listener that failed is silent: 408 says who", async () => {
  const { clock, listen, say } = setUp();
  const client = await listen();
  client.on("event", () => {
    throw new Error("no room");
  });
  client.on("error", () => {});
  const before = clock.now();
  await expect(say({ n: 1 }, { requireAck: true })).resolves.toMatchObject({
    code: "ACK_TIMEOUT",
    missing: [client.clientId],
    acknowledged: false,
  });
  expect(clock.now() - before).toBeGreaterThanOrEqual(5_000);
});

test("nobody to acknowledge, and a listener that leaves first, are outcomes", async () => {
  const { clock, listen, say, network } = setUp();
  await expect(say({ n: 1 }, { requireAck: true })).resolves.toMatchObject({ code: "NO_CLIENTS" });
  const client = await listen({ ack: "manual" });
  client.on("event", () => void network.drop());
  const { clientId } = client;
  await expect(say({ n: 1 }, { requireAck: true })).resolves.toMatchObject({
    code: "CLIENTS_LEFT",
    left: [clientId],
  });
  await clock.advance(1_000);
});

test("decisions 9 and 7: both see who is there, and the round trip of the last ping", async () => {
  const { clock, listen } = setUp();
  const first = await listen({ presence: { username: "Cerulean" } });
  const seen: unknown[] = [];
  for (const name of ["joined", "updated", "left"] as const)
    first.on(name, ({ clientID, presence }) => seen.push([name, clientID, presence]));
  const second = await listen();
  const id = second.clientId;
  expect([...second.members.values()]).toEqual([
    { clientID: first.clientId, presence: { username: "Cerulean" } },
  ]);
  second.setPresence({ mood: "fine" });
  await clock.advance(60_000);
  expect(first.latency).toBe(2);
  await clock.until(second.close());
  await clock.advance(10);
  expect(seen).toEqual([
    ["joined", id, {}],
    ["updated", id, { mood: "fine" }],
    ["left", id, { mood: "fine" }],
  ]);
  expect(first.members.size).toBe(0);
});

test("decision 14 S55: what was emitted while it was away is replayed, once and in order", async () => {
  const { clock, network, listen, say } = setUp();
  const client = await listen();
  network.silence("server", true);
  network.drop();
  for (const n of [1, 2, 3]) await say({ n });
  network.silence("server", false);
  await clock.advance(30_000);
  await say({ n: 4 });
  await clock.advance(10);
  expect(client.heard).toEqual([1, 2, 3, 4].map((n) => ({ n })));
  expect(client.stats()).toMatchObject({ gaps: 0, replayed: 3, duplicates: 0 });
});

test("S53: what history gave up is told as a gap, and the rest is replayed", async () => {
  const { clock, network, listen, say } = setUp({ history: { maxEvents: 2 } });
  const client = await listen();
  const gaps: unknown[] = [];
  client.on("gap", (gap) => gaps.push(gap));
  const { since } = client;
  network.silence("server", true);
  network.drop();
  for (const n of [1, 2, 3]) await say({ n });
  network.silence("server", false);
  await clock.advance(30_000);
  expect(client.heard).toEqual([{ n: 2 }, { n: 3 }]);
  expect(gaps).toEqual([{ since }]);
});

test("an event that was aimed at it is a place to resume after", async () => {
  const { clock, network, listen, say } = setUp();
  const client = await listen();
  await say({ n: 1 }, { clients: [String(client.clientId)] });
  await clock.advance(5);
  network.drop();
  await clock.advance(5_000);
  await say({ n: 2 });
  await clock.advance(10);
  expect(client.heard).toEqual([{ n: 1 }, { n: 2 }]);
  expect(client.stats().gaps).toBe(0);
});

test("a draining server says so, and the client resumes at the next one without a gap", async () => {
  const store = memoryStore();
  const { clock, server, listener, network, listen, say } = setUp({ store });
  const client = await listen();
  const told: unknown[] = [];
  client.on("refused", ({ code }) => told.push(code));
  client.on("disconnected", ({ cause: { kind, code } }) => told.push(kind, code));
  client.on("connected", ({ recovered }) => told.push(recovered));
  await say({ n: 1 });
  await clock.until(server.drain({ overMs: 1_000 }));
  await listener.close();
  const next = createChannelServer({ clock, store });
  network.listen("ws://server", next.accept);
  await next.emit("news", { n: 2 });
  await clock.advance(30_000);
  expect(client.heard).toEqual([{ n: 1 }, { n: 2 }]);
  expect(told.slice(0, 3)).toEqual(["DRAINING", "busy", 1012]);
  expect(told.at(-1)).toBe(true);
  await clock.until(client.close());
  await next.close();
});

test("C12 a token is asked for, and one that is not known is final", async () => {
  const { clock, server, listen, say } = setUp({
    authorize: ({ token }) => (token === "right" ? true : "unauthenticated"),
  });
  const client = await listen({ token: "right", tokenIn: "header" });
  await expect(listen({ token: "wrong", tokenIn: "header" })).rejects.toMatchObject({
    code: "closed",
    cause: { kind: "unauthorized" },
  });
  await expect(say({ n: 1 }, { token: "right" })).resolves.toMatchObject({ delivered: 1 });
  await expect(say({ n: 1 }, { token: "wrong" })).rejects.toMatchObject({ code: "unauthorized" });
  expect(server.stats().refused).toBe(2);
  await clock.until(client.close());
});
