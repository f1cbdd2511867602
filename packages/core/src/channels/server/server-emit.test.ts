import { expect, test } from "vitest";
import { channelRig, enter, type RawListener } from "../../../../../tests/support/channel-rig.ts";

/** docs/protocols/channels.md, decisions 2 to 5: whom an emit reaches, and what its caller is told. */

const EVENT_ID = expect.stringMatching(/^evt_[\w-]{16,}$/);

function got(listeners: readonly RawListener[]): number[] {
  return listeners.map((listener) => listener.of("DATA").length);
}

test("decision 2 an emit reaches all who listen to its channel, once, and counts them", async () => {
  const { listen, emit, clock } = channelRig();
  const [one, two, elsewhere] = [await listen(), await listen(), await listen("other")];
  const { status, body } = await emit("/news/emit", { method: "POST", body: '{"hello":"world"}' });
  expect({ status, body }).toEqual({ status: 200, body: { success: true, eventID: EVENT_ID, delivered: 2 } });
  await clock.advance(2);
  for (const listener of [one, two]) {
    expect(listener.of("DATA")).toEqual([
      {
        ...{ type: "DATA", payload: { hello: "world" }, eventID: body.eventID },
        ...{ requires_ack: false, clientID: listener.id, latency: 0 },
      },
    ]);
  }
  expect(elsewhere.of("DATA")).toEqual([]);
});

test("decision 2 without aim and acknowledgement an empty channel is no mistake", async () => {
  const { emit } = channelRig();
  expect(await emit("/news/emit?a=1")).toMatchObject({ status: 200, body: { success: true, delivered: 0 } });
});

test("a channel that is no string is refused by the server's own emit, which names it", async () => {
  const { server } = channelRig();
  for (const channel of [undefined, 5, { name: "news" }])
    await expect(server.emit(channel as never, 1)).rejects.toThrow(TypeError);
  await expect(server.emit(undefined as never, 1)).rejects.toThrow("Channel must be a string: got undefined");
});

test("decision 3 clients=n reaches n distinct listeners", async () => {
  const { listen, emit, clock } = channelRig();
  const listeners = [await listen(), await listen(), await listen()];
  expect((await emit("/news/emit?a=1&clients=2")).body).toMatchObject({ delivered: 2 });
  await clock.advance(2);
  expect(got(listeners).sort()).toEqual([0, 1, 1]);
});

test("decision 3 S39 S40 more than there are is 400, none there is 404, and nobody gets it", async () => {
  const { listen, emit, clock } = channelRig();
  expect(await emit("/news/emit?a=1&clients=1")).toMatchObject({ status: 404, body: { code: "NO_CLIENTS" } });
  const listener = await listen();
  expect(await emit("/news/emit?a=1&clients=2")).toMatchObject({
    status: 400,
    body: { success: false, code: "NOT_ENOUGH_CLIENTS", error: expect.any(String) },
  });
  await clock.advance(2);
  expect(got([listener])).toEqual([0]);
});

test("decision 3 named ids get it once each, and those that are not there are missing", async () => {
  const { listen, emit, clock } = channelRig();
  const [one, two, elsewhere] = [await listen(), await listen(), await listen("other")];
  const ids = [one.id, one.id, elsewhere.id, "client_nobody"].join(",");
  const { status, body } = await emit(`/news/emit?a=1&clients=${ids}`);
  expect({ status, body }).toEqual({
    status: 200,
    body: { success: true, eventID: EVENT_ID, delivered: 1, missing: [elsewhere.id, "client_nobody"] },
  });
  await clock.advance(2);
  expect(got([one, two, elsewhere])).toEqual([1, 0, 0]);
  const unknown = await emit(`/news/emit?a=1&clients=${elsewhere.id}`);
  expect(unknown).toMatchObject({ status: 404, body: { code: "UNKNOWN_CLIENTS", missing: [elsewhere.id] } });
});

test("decision 4 all acknowledged is 200 and names them", async () => {
  const { listen, emitting, server, clock } = channelRig();
  const [one, two] = [await listen(), await listen()];
  const { eventId, answer } = await emitting("/news/emit?a=1&require-ack=true");
  expect(one.of("DATA")[0]).toMatchObject({ requires_ack: true, eventID: eventId });
  expect(server.stats().pendingAcks).toBe(1);
  two.ack(eventId);
  one.ack(eventId);
  await clock.advance(2);
  const { status, body } = await answer;
  expect(status).toBe(200);
  expect(body).toEqual({ success: true, eventID: eventId, delivered: 2, acked: [two.id, one.id] });
  expect(server.stats()).toMatchObject({ pendingAcks: 0, acked: 2, ignoredAcks: 0 });
});

test("decision 4 S36 not all within 5.0 s is 408 with who acknowledged and who is silent", async () => {
  const { listen, emitting, clock } = channelRig();
  const [one, two] = [await listen(), await listen()];
  const { eventId, answer } = await emitting(
    `/news/emit?a=1&require-ack=1&clients=${one.id},${two.id},client_x`,
  );
  one.ack(eventId);
  let answered = false;
  void answer.then(() => {
    answered = true;
  });
  await clock.advance(4_997);
  expect(answered).toBe(false);
  await clock.advance(1);
  expect(await answer).toMatchObject({
    status: 408,
    body: {
      success: false,
      code: "ACK_TIMEOUT",
      delivered: 2,
      acked: [one.id],
      missing: [two.id, "client_x"],
    },
  });
});

test("decision 4 S36 after a stall of our own, acknowledgements that are already there still count", async () => {
  const { listen, emitting, clock } = channelRig();
  const one = await listen();
  const { eventId, answer } = await emitting("/news/emit?a=1&require-ack=1");
  one.ack(eventId);
  await clock.stall(20_000);
  await clock.advance(2);
  expect(await answer).toMatchObject({ status: 200, body: { acked: [one.id] } });
});

test("decision 4 S37 as soon as nobody is left to wait for, the answer is 410, and not at 5 s", async () => {
  const { listen, emitting, clock } = channelRig();
  const [one, two] = [await listen(), await listen()];
  const { eventId, answer } = await emitting("/news/emit?a=1&require-ack=true");
  one.ack(eventId);
  two.socket.close(1000);
  await clock.advance(2);
  expect(await answer).toMatchObject({
    status: 410,
    body: { success: false, code: "CLIENTS_LEFT", acked: [one.id], left: [two.id] },
  });
});

test("decision 4 S37 a socket that takes nothing more is not waited for, and not counted as delivered", async () => {
  const { emit, server } = channelRig();
  await enter(server, { send: (frame) => !String(frame).includes('"DATA"') });
  expect(await emit("/news/emit?a=1&require-ack=true")).toMatchObject({
    status: 410,
    body: { code: "CLIENTS_LEFT", delivered: 0, acked: [], left: [expect.any(String)] },
  });
  expect(server.stats().pendingAcks).toBe(0);
});

test("decision 4 S39 nobody to acknowledge is 404, and nothing is emitted", async () => {
  const { emit, server } = channelRig();
  expect(await emit("/news/emit?a=1&require-ack=true")).toMatchObject({
    status: 404,
    body: { success: false, code: "NO_CLIENTS" },
  });
  expect(server.stats().emitted).toBe(0);
  expect((await emit("/news/history")).body.events).toEqual([]);
});

test("decision 4 S41 a caller that hangs up frees what was waiting, and the event is not taken back", async () => {
  const { listen, emitting, server } = channelRig();
  const one = await listen();
  const caller = new AbortController();
  const { answer } = await emitting("/news/emit?a=1&require-ack=true", { signal: caller.signal });
  expect(server.stats().pendingAcks).toBe(1);
  const timers = server.stats().timers;
  caller.abort();
  await answer;
  expect(server.stats()).toMatchObject({ pendingAcks: 0, timers: timers - 1 });
  expect(one.of("DATA")).toHaveLength(1);
});

test("decision 12 S38 late, repeated and foreign acknowledgements are ignored and counted", async () => {
  const { listen, emitting, server, clock } = channelRig();
  const [one, foreign, elsewhere] = [await listen(), await listen(), await listen("other")];
  const { eventId, answer } = await emitting(`/news/emit?a=1&require-ack=true&clients=${one.id}`);
  foreign.ack(eventId);
  elsewhere.ack(eventId);
  one.ack("evt_guessed");
  await clock.advance(2);
  expect(server.stats()).toMatchObject({ pendingAcks: 1, ignoredAcks: 3 });
  one.ack(eventId);
  one.ack(eventId);
  await clock.advance(2);
  expect(await answer).toMatchObject({ status: 200, body: { acked: [one.id] } });
  expect(server.stats()).toMatchObject({ acked: 1, ignoredAcks: 4, invalid: 0 });
});

test("decision 5 S42 the same key delivers once and answers the same, also while the first still waits", async () => {
  const { listen, emit, emitting, clock } = channelRig();
  const one = await listen();
  const init = { headers: { "Idempotency-Key": "k" } };
  const { eventId, answer } = await emitting("/news/emit?a=1&require-ack=true", init);
  const second = emit("/news/emit?require-ack=true&a=1", init);
  one.ack(eventId);
  await clock.advance(2);
  const [first, again] = [await answer, await second];
  expect(again.body).toEqual(first.body);
  expect((await emit("/news/emit?a=1&require-ack=true", init)).body).toEqual(first.body);
  expect(one.of("DATA")).toHaveLength(1);
});

test("decision 5 the same key with another payload or aim is 422; on another channel it is another key", async () => {
  const { listen, emit } = channelRig();
  await listen();
  const init = { headers: { "Idempotency-Key": "k" } };
  await emit("/news/emit?a=1", init);
  for (const other of ["a=2", "a=1&clients=1", "a=1&require-ack=1"]) {
    expect(await emit(`/news/emit?${other}`, init)).toMatchObject({
      status: 422,
      body: { code: "IDEMPOTENCY_MISMATCH" },
    });
  }
  expect((await emit("/other/emit?a=2", init)).status).toBe(200);
});

test("decision 5 a key is good for ten minutes, and one that emitted nothing is not remembered", async () => {
  const { listen, emit, clock } = channelRig();
  const init = { headers: { "Idempotency-Key": "k" } };
  expect((await emit("/news/emit?a=1&clients=1", init)).status).toBe(404);
  await listen();
  const first = await emit("/news/emit?a=1&clients=1", init);
  expect(first.status).toBe(200);
  await clock.advance(599_000);
  expect((await emit("/news/emit?a=1&clients=1", init)).body).toEqual(first.body);
  await clock.advance(2_000);
  await listen();
  expect((await emit("/news/emit?a=1&clients=1", init)).body.eventID).not.toBe(first.body.eventID);
});

test("decision 5 S41 a caller with a key that hangs up is told by its next try what became of the event", async () => {
  const { listen, emit, emitting, clock } = channelRig();
  const one = await listen();
  const caller = new AbortController();
  const headers = { "Idempotency-Key": "k" };
  const { eventId, answer } = await emitting("/news/emit?a=1&require-ack=1", {
    headers,
    signal: caller.signal,
  });
  caller.abort();
  await answer;
  one.ack(eventId);
  await clock.advance(2);
  expect(await emit("/news/emit?a=1&require-ack=1", { headers })).toMatchObject({
    status: 200,
    body: { eventID: eventId, acked: [one.id] },
  });
});

test("S43 who joins or leaves in the same moment gets an event once or not at all", async () => {
  const { listen, server, clock } = channelRig();
  const one = await listen();
  const joined: Array<Promise<unknown>> = [];
  // From inside the joining: the newcomer is there, and CONNECTED was said.
  const off = server.on("joined", () => void joined.push(server.emit("news", { n: 1 })));
  const two = await listen();
  off();
  await Promise.all(joined);
  server.on("left", () => void server.emit("news", { n: 2 }));
  two.socket.close(1000);
  await clock.advance(5);
  expect(one.of("DATA").map(({ payload }) => payload.n)).toEqual([1, 2]);
  expect(two.heard.map(({ type }) => type)).toEqual(["CONNECTED", "DATA"]);
});

test("S36 decision 4 an emit from inside the process answers like one over HTTP, and throws at bad input", async () => {
  const { listen, server, clock } = channelRig();
  const one = await listen();
  const waiting = server.emit("news", { a: 1 }, { requireAck: true });
  await clock.advance(2);
  one.ack(one.of("DATA")[0]?.eventID ?? "");
  await clock.advance(2);
  expect(await waiting).toMatchObject({ code: "delivered", delivered: 1, acked: [one.id], stored: true });
  expect(await server.emit("news", { a: 1 }, { clients: ["client_x"] })).toMatchObject({
    ...{ code: "UNKNOWN_CLIENTS", eventId: undefined, missing: ["client_x"] },
  });
  for (const payload of [undefined, null, {}, () => 1, 1n]) {
    await expect(server.emit("news", payload)).rejects.toMatchObject({ code: "bad-message" });
  }
  for (const channel of ["", ".", ".."]) {
    await expect(server.emit(channel, { a: 1 })).rejects.toMatchObject({ code: "bad-message" });
  }
  await expect(server.emit("news", { a: 1 }, { clients: 0 })).rejects.toThrow(/clients.*0/);
  await expect(server.emit("news", { a: 1 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "aborted",
  });
});
