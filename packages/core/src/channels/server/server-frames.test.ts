import { describe, expect, test } from "vitest";
import { channelRig, enter } from "../../../../../tests/support/channel-rig.ts";

/** docs/protocols/channels.md, decisions 7 to 13: what travels over the WebSocket. */

const CLIENT_ID = /^client_[\w-]{16,}$/;
const EVENT_ID = /^evt_[\w-]{16,}$/;

describe("presence", () => {
  test("decision 9 CONNECTED is first and names the others; they hear of the newcomer, once", async () => {
    const { listen } = channelRig();
    const one = await listen("news", `?presence=${encodeURIComponent('{"username":"Cerulean"}')}`);
    const two = await listen();
    expect(one.heard[0]).toEqual({
      ...{ type: "CONNECTED", payload: { members: [] }, latency: 0 },
      ...{ eventID: expect.stringMatching(EVENT_ID), clientID: expect.stringMatching(CLIENT_ID) },
    });
    expect(two.heard).toHaveLength(1);
    expect(two.heard[0]?.payload).toEqual({
      members: [{ clientID: one.id, presence: { username: "Cerulean" } }],
    });
    expect(one.heard.slice(1)).toEqual([
      {
        ...{ type: "PRESENCE:JOINED", payload: { clientID: two.id, presence: {} }, latency: 0 },
        ...{ eventID: expect.stringMatching(EVENT_ID), clientID: one.id },
      },
    ]);
  });

  test("decision 9 PRESENCE replaces the old one, and everyone is told, the sender too", async () => {
    const { listen, clock, server } = channelRig();
    const [one, two] = [await listen(), await listen()];
    one.say({ type: "presence", payload: { mood: "good" } });
    one.say({ type: "PRESENCE", payload: "here" });
    await clock.advance(5);
    for (const listener of [one, two]) {
      expect(listener.of("PRESENCE:UPDATED").map(({ payload }) => payload)).toEqual([
        { clientID: one.id, presence: { mood: "good" } },
        { clientID: one.id, presence: "here" },
      ]);
    }
    expect(await server.members("news")).toEqual([
      { clientID: one.id, presence: "here" },
      { clientID: two.id, presence: {} },
    ]);
  });

  test("decision 9 a presence over 4 KiB is an error and changes nothing", async () => {
    const { listen, clock, server } = channelRig();
    const one = await listen();
    one.say({ type: "PRESENCE", payload: "x".repeat(4_094) });
    one.say({ type: "PRESENCE", payload: "y".repeat(4_095) });
    await clock.advance(5);
    expect(one.of("ERROR").map(({ payload }) => payload.code)).toEqual(["INVALID_MESSAGE"]);
    expect((await server.members("news"))[0]?.presence).toBe("x".repeat(4_094));
  });

  test("decision 9 S45 S46 two tabs join and leave once each, and leaving at once is heard after the joining", async () => {
    const { listen, network, clock, server } = channelRig();
    const one = await listen();
    const tabs = [await listen(), await listen()];
    tabs[0]?.socket.close(1000);
    await clock.advance(5);
    network.drop();
    await clock.advance(5);
    expect(one.of("PRESENCE:JOINED").map(({ payload }) => payload.clientID)).toEqual(
      tabs.map(({ id }) => id),
    );
    expect(one.of("PRESENCE:LEFT").map(({ payload }) => payload)).toEqual([{ clientID: tabs[0]?.id }]);
    expect(server.stats()).toMatchObject({ channels: 0, clients: 0 });
  });

  test("S50 a hundred thousand channels come and go, and nothing is left of them", async () => {
    const { server } = channelRig();
    for (let index = 0; index < 100_000; index++) {
      const { handler } = await enter(server, {}, `/room${index}/listen`);
      handler.onClose({ kind: "abnormal", message: "gone" });
    }
    expect(server.stats()).toMatchObject({ channels: 0, clients: 0, timers: 0 });
  });
});

describe("decision 10 what clients say", () => {
  test("types are read without regard to case, and unknown ones are ignored and counted", async () => {
    const { listen, emitting, clock, server } = channelRig();
    const one = await listen();
    const { eventId, answer } = await emitting("/news/emit?a=1&require-ack=1");
    one.say({ type: "DANCE", payload: 1 });
    one.say({ type: "constructor" });
    one.say({ type: "aCk", payload: { eventID: eventId, more: true }, clientID: "client_other" });
    await clock.advance(5);
    expect((await answer).status).toBe(200);
    expect(server.stats()).toMatchObject({ unknown: 2, invalid: 0 });
    expect(one.of("ERROR")).toEqual([]);
  });

  test.each([
    ["not JSON", "hello"],
    ["binary", new Uint8Array([1, 2])],
    ["no type", {}],
    ["no object", "[1]"],
    ["null", "null"],
    ["an ACK without an event", { type: "ACK" }],
    ["an ACK of a number", { type: "ACK", payload: { eventID: 5 } }],
    ["a PRESENCE without payload", { type: "PRESENCE" }],
    ["S21 200,000 deep", "[".repeat(30_000)],
    ["33 deep", `{"type":"PRESENCE","payload":${"[".repeat(32)}${"]".repeat(32)}}`],
  ])("S24 %s is one INVALID_MESSAGE, and the connection is kept", async (_, message) => {
    const { listen, clock, server } = channelRig();
    const one = await listen();
    one.say(message);
    await clock.advance(5);
    expect(one.of("ERROR")).toHaveLength(1);
    expect(one.of("ERROR")[0]).toMatchObject({
      ...{ payload: { code: "INVALID_MESSAGE", message: expect.any(String) }, clientID: one.id },
    });
    expect(one.ended).toBeUndefined();
    expect(server.stats().invalid).toBe(1);
  });

  test("the tenth bad frame within a minute closes with 1008, and nine do not", async () => {
    const { server, clock } = channelRig({ limits: { pingIntervalMs: 1_000_000 } });
    const closes: Array<number | undefined> = [];
    const { handler } = await enter(server, { close: (code) => void closes.push(code) });
    for (let bad = 0; bad < 9; bad++) handler.onFrame("x");
    await clock.advance(60_001);
    for (let bad = 0; bad < 9; bad++) handler.onFrame("x");
    expect(closes).toEqual([]);
    handler.onFrame("x");
    handler.onFrame("x");
    expect(closes).toEqual([1008]);
    expect(server.stats().invalid).toBe(19);
  });

  test("S22 __proto__ in a presence is plain data", async () => {
    const { listen, clock, server } = channelRig();
    const one = await listen();
    one.say('{"type":"PRESENCE","payload":{"__proto__":{"admin":true}},"__proto__":{"x":1}}');
    await clock.advance(5);
    expect(JSON.stringify((await server.members("news"))[0]?.presence)).toBe('{"__proto__":{"admin":true}}');
  });
});

describe("pings", () => {
  test("decision 11 S30 no PONG in time is PING_TIMEOUT, PRESENCE:LEFT to the others, and close 4408", async () => {
    const { listen, clock, server } = channelRig();
    const [mute, one] = [await listen(), await listen()];
    const answering = one.socket;
    let answered = 0;
    for (let step = 0; step < 400; step++) {
      await clock.advance(100);
      // Other frames are no answer to a ping.
      if (step % 50 === 0) mute.say({ type: "DANCE" });
      while (answered < one.of("PING").length) {
        answered++;
        answering.send('{"type":"PONG"}');
      }
    }
    expect(mute.of("PING")).toHaveLength(1);
    expect(mute.of("PING")[0]).toMatchObject({
      payload: {},
      clientID: mute.id,
      eventID: expect.stringMatching(EVENT_ID),
    });
    expect(mute.of("ERROR")[0]?.payload).toEqual({
      ...{ message: "Client did not respond to PING event", code: "PING_TIMEOUT" },
    });
    expect(mute.ended).toMatchObject({ code: 4408 });
    expect(one.of("PRESENCE:LEFT")).toHaveLength(1);
    expect(one.ended).toBeUndefined();
    expect(server.stats()).toMatchObject({ pingTimeouts: 1, clients: 1 });
  });

  test("decision 7 latency is the last round trip, and goes with every frame after it", async () => {
    const { listen, emit, clock } = channelRig();
    const one = await listen();
    await clock.advance(24_990);
    while (one.of("PING").length === 0 && clock.now() < 26_000) await clock.advance(1);
    await clock.advance(40);
    one.say({ type: "PONG" });
    await clock.advance(5);
    await emit("/news/emit?a=1");
    await clock.advance(5);
    // 1 ms there, 1 ms back, and the 40 in which it thought about it.
    const { latency } = one.of("DATA")[0] ?? { latency: 0 };
    expect(latency).toBeGreaterThanOrEqual(41);
    expect(latency).toBeLessThanOrEqual(42);
    one.say({ type: "PONG" });
    await clock.advance(5);
    await emit("/news/emit?a=2");
    await clock.advance(5);
    expect(one.of("DATA")[1]?.latency).toBe(latency);
  });
});

test("decision 13 event ids sort in the order of delivery, and no id comes twice", async () => {
  const { listen, server, clock } = channelRig({ limits: { maxQueueBytes: 1e9 } });
  const one = await listen();
  for (let index = 0; index < 1_000; index++) void server.emit("news", { index });
  await clock.advance(5);
  const ids = one.of("DATA").map(({ eventID }) => eventID);
  expect(ids).toHaveLength(1_000);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(1_000);
});
