import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ClientUnderTest, startClient } from "./client-under-test.ts";
import { type ForeignPeer, ForeignServer } from "./foreign-server.ts";
import { ask, RawPeer, until } from "./raw-peer.ts";
import { SERVERS, type Served } from "./served.ts";
import { SERVER_FRAMES } from "./spec-frames.ts";

const { CONNECTED, DATA, PING, ERROR } = SERVER_FRAMES;

/** The client by the specification's examples and decisions, against a server that shares no code with it. */
describe.each(["node", "deno"] as const)("channel client on %s", (runtime) => {
  let foreign: ForeignServer;
  let client: ClientUnderTest;
  let peer: ForeignPeer;
  let connections = 0;

  beforeAll(async () => {
    foreign = await ForeignServer.start();
    foreign.greeting = [CONNECTED];
    const presence = { username: "Cerulean" };
    client = startClient(runtime, { url: foreign.url, channel: "wild news é", presence });
    peer = await foreign.peer(0);
    connections = 1;
    await client.waitFor("connected");
  });
  afterAll(async () => {
    await client.close();
    await foreign.stop();
  });
  /** The connection that comes next. */
  const next = async (): Promise<ForeignPeer> => {
    peer = await foreign.peer(connections++);
    return peer;
  };
  const events = (): unknown[] => client.told("event").map(({ event }) => event.payload);
  let before = 0;
  beforeEach(() => {
    before = events().length;
  });
  afterEach(async () => {
    expect(client.told("error")).toEqual([]);
  });

  test("decisions 7 and 9: the example CONNECTED, which has no eventID, tells who is there", async () => {
    expect(await client.waitFor("connected")).toEqual({
      clientId: CONNECTED.clientID,
      members: CONNECTED.payload.members,
    });
    expect(peer.url.pathname).toBe("/wild%20news%20%C3%A9/listen");
    expect(peer.url.searchParams.get("presence")).toBe('{"username":"Cerulean"}');
    expect(peer.url.searchParams.has("since")).toBe(false);
  });

  test("decision 7: the example PING is answered with PONG, at once and alone", async () => {
    peer.say(PING);
    await until("a PONG", () => peer.said.length > 0);
    expect(peer.said).toEqual([{ type: "PONG" }]);
    peer.said.length = 0;
  });

  test("decision 8: the example DATA is told and acknowledged, also pretty-printed", async () => {
    peer.say(JSON.stringify(DATA, null, 2));
    expect(await client.waitFor("event")).toEqual({
      ...{ payload: { hello: "world" }, eventId: "evt_gPVZZQC5" },
      ...{ requiresAck: true, replayed: false },
    });
    await until("an ACK", () => peer.said.length > 0);
    expect(peer.said).toEqual([{ type: "ACK", payload: { eventID: "evt_gPVZZQC5" } }]);
    peer.said.length = 0;
    // What some servers answer to it says nothing, and is no mistake.
    peer.say({ type: "ACK-RECIEVED", payload: {} });
  });

  test("decision 8: require_ack is understood; without it, without either, and without an id nothing is acknowledged", async () => {
    const { requires_ack: _one, eventID: _id, ...bare } = DATA;
    peer.say({ ...bare, payload: 1, eventID: "evt_1", require_ack: true });
    peer.say({ ...bare, payload: 2, eventID: "evt_2" });
    peer.say({ ...bare, payload: 3, eventID: "evt_3", requires_ack: false, require_ack: true });
    peer.say({ ...bare, payload: 4, requires_ack: true });
    peer.say({ type: "DATA", payload: 5 });
    await client.waitFor("event", ({ payload }) => payload === 5);
    expect(events().slice(before)).toEqual([1, 2, 3, 4, 5]);
    peer.say(PING);
    await until("a PONG", () => peer.said.some(({ type }) => type === "PONG"));
    expect(peer.said).toEqual([{ type: "ACK", payload: { eventID: "evt_1" } }, { type: "PONG" }]);
  });

  test("decisions 8 and 9: the example JOINED, UPDATED and LEFT are told; a LEFT for somebody gone is not", async () => {
    for (const type of ["PRESENCE:JOINED", "PRESENCE:UPDATED", "PRESENCE:LEFT"] as const)
      peer.say(SERVER_FRAMES[type]);
    peer.say({ ...SERVER_FRAMES["PRESENCE:LEFT"], payload: { clientID: "client_X0JBf69q" } });
    peer.say({ ...SERVER_FRAMES["PRESENCE:LEFT"], payload: { clientID: "client_X0JBf69q" } });
    peer.say({ ...DATA, payload: "after", eventID: "evt_4", requires_ack: false });
    await client.waitFor("event", ({ payload }) => payload === "after");
    const cerulean = { username: "Cerulean" };
    // JOINED of the example names this client's own id, which is no news; UPDATED is of somebody not seen before.
    expect(client.told("joined", "updated", "left").map(({ name, event }) => [name, event])).toEqual([
      ["updated", { clientID: "client_ZAqKx5ho", presence: {} }],
      ["joined", { clientID: "client_hp39x_sa", presence: cerulean }],
      ["left", { clientID: "client_X0JBf69q", presence: cerulean }],
    ]);
  });

  test("decision 10: what is no message, binary, or of an unknown type is told, and the connection stays", async () => {
    for (const frame of ["{", "[]", '{"type":7}', '{"type":"DATA"', '{"type":"LATER","payload":{}}'])
      peer.say(frame);
    peer.socket.send(new Uint8Array([1, 2, 3]));
    peer.say({ ...DATA, payload: "still", eventID: "evt_5", requires_ack: false });
    await client.waitFor("event", ({ payload }) => payload === "still");
    expect(client.told("invalid")).toHaveLength(5);
    expect(client.told("unknown").map(({ event }) => event.type)).toEqual(["LATER"]);
    expect(client.told("disconnected")).toEqual([]);
  });

  test("decision 9: a presence that is set goes out as PRESENCE, and along with the next connection", async () => {
    peer.said.length = 0;
    client.setPresence({ mood: "fine" });
    await until("PRESENCE", () => peer.said.length > 0);
    expect(peer.said).toEqual([{ type: "PRESENCE", payload: { mood: "fine" } }]);
    peer.socket.terminate();
    expect((await next()).url.searchParams.get("presence")).toBe('{"mood":"fine"}');
  });

  test("decision 11: the example ERROR is told; after its close 4408 the client connects anew", async () => {
    peer.say(ERROR);
    peer.socket.close(4408, "Client did not respond to PING event");
    expect(await client.waitFor("refused")).toEqual(ERROR.payload);
    const down = await client.waitFor("disconnected", ({ cause }) => cause.code === 4408);
    expect(down.wasReady).toBe(true);
    await next();
  });

  test("decision 14: it resumes after the latest event that had an id; a server that does not say recovered is a gap", async () => {
    expect(peer.url.searchParams.get("since")).toBe("evt_5");
    await until("a gap for each time it came back", () => client.told("gap").length === 2);
    expect(client.told("gap").map(({ event }) => event.since)).toEqual(["evt_5", "evt_5"]);
    foreign.greeting = [
      { ...CONNECTED, eventID: "evt_6", recovered: true },
      { ...DATA, payload: "missed", eventID: "evt_7", requires_ack: false, replayed: true },
      { ...DATA, payload: "missed", eventID: "evt_7", requires_ack: false },
    ];
    peer.socket.terminate();
    await next();
    await client.waitFor("connected", ({ recovered }) => recovered === true);
    peer.say({ ...DATA, payload: "live", eventID: "evt_8" });
    await client.waitFor("event", ({ payload }) => payload === "live");
    expect(events().slice(before)).toEqual(["missed", "live"]);
    expect(client.told("gap")).toHaveLength(2);
    expect((await client.stats()).duplicates).toBe(1);
  });

  test("decision 8 S31: a server that never answers a close is left", async () => {
    peer.socket.pause();
    expect(await client.close()).toBe("local");
    // Deno cannot drop a socket: there the process stays until the peer ends it (C80).
    if (runtime === "deno") peer.socket.terminate();
    expect(await client.ended).toBe(0);
  });
});

/** Both halves, each on each runtime. */
describe.each(SERVERS)("a server on %s", (_runtime, serve) => {
  let server: Served;
  beforeAll(async () => {
    server = await serve();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(["node", "deno"] as const)("and a client on %s: listen, acknowledge, resume", async (runtime) => {
    const channel = `both-${runtime}`;
    await using raw = await RawPeer.listen(server.host, channel);
    await using client = startClient(runtime, { url: `ws://${server.host}`, channel, presence: runtime });
    const { clientId, members } = await client.waitFor("connected");
    expect(members).toEqual([{ clientID: raw.id, presence: {} }]);
    expect((await raw.hear("PRESENCE:JOINED")).payload).toEqual({ clientID: clientId, presence: runtime });
    const { status, body } = await ask(server.host, `${channel}/emit?require-ack=1&clients=${clientId}&n=1`);
    expect([status, body.acked]).toEqual([200, [clientId]]);
    expect((await client.waitFor("event")).payload).toEqual({ n: "1" });
    client.setPresence(["away"]);
    expect((await raw.hear("PRESENCE:UPDATED")).payload).toEqual({ clientID: clientId, presence: ["away"] });
    expect(await client.close()).toBe("local");
    expect((await raw.hear("PRESENCE:LEFT")).payload).toEqual({ clientID: clientId });
  });
});
