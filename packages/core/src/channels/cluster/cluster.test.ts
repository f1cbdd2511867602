import { describe, expect, test } from "vitest";
import { cluster } from "../../../../../tests/support/channel-cluster.ts";
import { channelRig, type Heard } from "../../../../../tests/support/channel-rig.ts";
import type { Backplane } from "../../server/backplane.ts";
import type { MemoryBackplane } from "../../server/memory-backplane.ts";

/** Several servers over one backplane: to a caller and to a listener they are one. */

const numbers = (frames: readonly Heard[]): unknown[] => frames.map(({ payload }) => payload.n);

describe("events", () => {
  test("S60 an event reaches the listeners of every server once, and delivered counts them all", async () => {
    const { clock, a, b } = await cluster();
    const listeners = [await a.listen(), await b.listen(), await b.listen(), await b.listen("other")];
    const { body } = await a.emit("/news/emit?n=1");
    expect(body).toMatchObject({ success: true, delivered: 3 });
    await b.emit("/news/emit?n=2");
    await clock.advance(5);
    for (const listener of listeners.slice(0, 3)) expect(numbers(listener.of("DATA"))).toEqual(["1", "2"]);
    expect(listeners[3]?.of("DATA")).toEqual([]);
    const [one, other] = listeners.map((listener) => listener.of("DATA").map(({ eventID }) => eventID));
    expect(one).toEqual(other);
    expect([...(one ?? [])].sort()).toEqual(one);
  });

  test("S60 a message that the backplane repeats is delivered once", async () => {
    const { clock, a, bus } = await cluster();
    const end = bus.node();
    const twice: Backplane = {
      ...wrapped(end),
      subscribe: (subject, listener) =>
        end.subscribe(subject, (message) => {
          listener(message);
          queueMicrotask(() => listener(message));
        }),
    };
    const repeating = channelRig({ backplane: twice }, { clock, host: "server2" });
    await clock.advance(5);
    const there = await repeating.listen();
    expect((await a.emit("/news/emit?n=1")).body).toMatchObject({ delivered: 1 });
    await clock.advance(5);
    expect(numbers(there.of("DATA"))).toEqual(["1"]);
  });

  test("decision 3 aims work across servers: named ids, and n at random of all", async () => {
    const { clock, a, b } = await cluster();
    const [here, there] = [await a.listen(), await b.listen()];
    expect((await a.emit(`/news/emit?n=1&clients=${there.id},client_x`)).body).toMatchObject({
      ...{ delivered: 1, missing: ["client_x"] },
    });
    expect((await a.emit("/news/emit?n=2&clients=2")).body).toMatchObject({ delivered: 2 });
    expect((await a.emit("/news/emit?n=3&clients=3")).body).toMatchObject({ code: "NOT_ENOUGH_CLIENTS" });
    await clock.advance(5);
    expect(numbers(here.of("DATA"))).toEqual(["2"]);
    expect(numbers(there.of("DATA"))).toEqual(["1", "2"]);
  });

  test("decision 3 a server without listeners of its own aims at those of others", async () => {
    const { a, b } = await cluster();
    const there = await b.listen();
    expect((await a.emit("/news/emit?n=1&clients=1")).body).toMatchObject({ delivered: 1 });
    expect((await a.emit("/news/members")).body.members).toEqual([{ clientID: there.id, presence: {} }]);
  });
});

test("decision 13 ids of one server sort after those that it heard of others, whatever the clocks say", async () => {
  const { clock, a, b } = await cluster();
  const there = await b.listen();
  const real = Date.now;
  try {
    Date.now = () => real() + 3_600_000;
    await a.emit("/news/emit?n=1");
  } finally {
    Date.now = real;
  }
  await b.emit("/news/emit?n=2");
  await clock.advance(5);
  const ids = there.of("DATA").map(({ eventID }) => eventID);
  expect(ids).toHaveLength(2);
  expect([...ids].sort()).toEqual(ids);
});

describe("acknowledgements", () => {
  test("decision 4 are gathered from every server", async () => {
    const { clock, a, b } = await cluster();
    const [here, there] = [await a.listen(), await b.listen()];
    const { eventId, answer } = await a.emitting("/news/emit?n=1&require-ack=true");
    await clock.advance(5);
    expect(there.of("DATA")[0]).toMatchObject({ requires_ack: true, eventID: eventId });
    there.ack(eventId);
    there.ack(eventId);
    await clock.advance(5);
    here.ack(eventId);
    await clock.advance(5);
    const { status, body } = await answer;
    expect({ status, ...body }).toMatchObject({ status: 200, delivered: 2, acked: [there.id, here.id] });
    expect(b.server.stats()).toMatchObject({ ignoredAcks: 1, pendingAcks: 0 });
  });

  test("decision 4 S36 who is silent elsewhere is named after 5 s", async () => {
    const { clock, a, b } = await cluster();
    const there = await b.listen();
    const answer = a.emit("/news/emit?n=1&require-ack=true");
    await clock.advance(5_010);
    expect(await answer).toMatchObject({
      status: 408,
      body: { acked: [], missing: [there.id], delivered: 1 },
    });
  });

  test("decision 4 S37 who leaves elsewhere is waited for no more, though nobody listens here", async () => {
    const { clock, a, b } = await cluster();
    const there = await b.listen();
    const { answer } = await a.emitting("/news/emit?n=1&require-ack=true");
    await clock.advance(5);
    there.socket.close(1000);
    await clock.advance(10);
    expect(await answer).toMatchObject({ status: 410, body: { code: "CLIENTS_LEFT", left: [there.id] } });
  });

  test("S44 a server that dies is not waited for beyond the timeout, and its members leave within the lease", async () => {
    const { clock, a, bus } = await cluster();
    const mortal = wrapped(bus.node());
    const c = channelRig({ backplane: mortal }, { clock, host: "server2" });
    await clock.advance(5);
    const [here, there] = [await a.listen(), await c.listen()];
    await clock.advance(5);
    const diedAt = clock.now();
    mortal.kill();
    const { answer } = await a.emitting("/news/emit?n=1&require-ack=true");
    here.ack(here.of("DATA")[0]?.eventID ?? "");
    await clock.advance(5_000);
    expect(await answer).toMatchObject({ status: 408, body: { acked: [here.id], missing: [there.id] } });
    while (here.of("PRESENCE:LEFT").length === 0 && clock.now() < diedAt + 20_000) await clock.advance(100);
    expect(here.of("PRESENCE:LEFT").map(({ payload }) => payload.clientID)).toEqual([there.id]);
    expect(clock.now() - diedAt).toBeLessThanOrEqual(14_000);
    expect((await a.emit("/news/emit?n=2")).body).toMatchObject({ delivered: 1 });
  });
});

describe("presence", () => {
  test("decision 9 joins, changes and leaves are heard on every server, once each", async () => {
    const { clock, a, b } = await cluster();
    const here = await a.listen();
    const there = await b.listen("news", `?presence=${encodeURIComponent('{"name":"b"}')}`);
    await clock.advance(5);
    there.say({ type: "PRESENCE", payload: { name: "c" } });
    await clock.advance(5);
    const { id } = there;
    there.socket.close(1000);
    await clock.advance(5);
    const told = here.heard.slice(1).map(({ type, payload }) => [type, payload]);
    expect(told).toEqual([
      ["PRESENCE:JOINED", { clientID: id, presence: { name: "b" } }],
      ["PRESENCE:UPDATED", { clientID: id, presence: { name: "c" } }],
      ["PRESENCE:LEFT", { clientID: id }],
    ]);
    // The newcomer on another server learns who was there.
    const known = new Set(
      there.heard.flatMap(({ type, payload }) =>
        type === "CONNECTED"
          ? payload.members.map(({ clientID }: { clientID: string }) => clientID)
          : type === "PRESENCE:JOINED"
            ? [payload.clientID]
            : [],
      ),
    );
    expect(known).toEqual(new Set([here.id]));
  });
});

test("a backplane that fails degrades health, and listeners here still get everything", async () => {
  const { clock, a, ends } = await cluster();
  const told: string[] = [];
  a.server.on("health", ({ status }) => void told.push(status));
  a.server.on("error", () => {});
  const here = await a.listen();
  await ends[0]?.close();
  const answer = a.emit("/news/emit?n=1");
  await clock.advance(1_005);
  expect((await answer).body).toMatchObject({ success: true, delivered: 1 });
  expect(numbers(here.of("DATA"))).toEqual(["1"]);
  expect(await a.server.health()).toMatchObject({ status: "degraded", backplane: { ok: false } });
  expect(told).toContain("degraded");
});

test("close leaves no timer behind, and the others see its members leave at once", async () => {
  const { clock, a, b } = await cluster();
  const [here, there] = [await a.listen(), await b.listen()];
  await clock.advance(5);
  await b.server.close();
  await clock.advance(5);
  expect(here.of("PRESENCE:LEFT").map(({ payload }) => payload.clientID)).toEqual([there.id]);
  await a.server.close();
  await clock.advance(5);
  expect(clock.pending).toBe(0);
});

/** An end of the bus whose server can die as by kill -9: it says and hears nothing more, and its leases run out. */
function wrapped(end: MemoryBackplane): MemoryBackplane & { kill(): void } {
  let dead = false;
  const unlessDead = (act: () => Promise<void>): Promise<void> => (dead ? Promise.resolve() : act());
  return {
    kill: () => {
      dead = true;
    },
    publish: (subject, data) => unlessDead(() => end.publish(subject, data)),
    subscribe: (subject, listener) =>
      end.subscribe(subject, (message) => {
        if (!dead) listener(message);
      }),
    lease: (key, value, ttlMs) => unlessDead(() => end.lease(key, value, ttlMs)),
    release: (key) => unlessDead(() => end.release(key)),
    leases: (prefix) => end.leases(prefix),
    ping: () => end.ping(),
    close: () => end.close(),
    node: () => end.node(),
    [Symbol.asyncDispose]: () => end.close(),
  };
}
