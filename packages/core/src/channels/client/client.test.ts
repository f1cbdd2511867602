import { expect, test } from "vitest";
import { channelRig } from "../../../../../tests/support/channel-rig.ts";
import { connected, data, type Scripted, scripted } from "../../../../../tests/support/channel-script.ts";
import { createChannelClient } from "./client.ts";

/** Frames as the specification shows them, with everything that servers in the wild leave out or spell otherwise. */
test("decision 8: a server in the wild is understood", async () => {
  const { clock, client, peer, all, told } = scripted(
    {},
    {
      greet: () => [
        '{\n  "type": "CONNECTED",\n  "payload": { "members": [ { "clientID": "client_X0JBf69q" } ] },\n  "latency": 0\n}',
      ],
    },
  );
  await clock.until(client.connect());
  expect(client.clientId).toBeUndefined();
  expect([...client.members.values()]).toEqual([{ clientID: "client_X0JBf69q", presence: {} }]);
  peer().say('{"type":"DATA","payload":{"hello":"world"}}');
  peer().say('{\n "type": "data",\n "payload": 1, "require_ack": true, "eventID": "evt_1" }');
  peer().say({ type: "ACK-RECIEVED", payload: {} });
  peer().say({ type: "PRESENCE:LEFT", payload: { clientID: "client_gone" } });
  await clock.advance(5);
  expect(all("event").map(({ ack: _, ...event }) => event)).toEqual([
    { payload: { hello: "world" }, eventId: undefined, requiresAck: false, replayed: false },
    { payload: 1, eventId: "evt_1", requiresAck: true, replayed: false },
  ]);
  expect(peer().said).toEqual([{ type: "ACK", payload: { eventID: "evt_1" } }]);
  expect(told.map(([name]) => name)).toEqual(["connected", "event", "event"]);
  expect(client.stats()).toMatchObject({ unknown: 0, invalid: 0, dropped: 0, acked: 1 });
});

test("decision 8: a server that never answers a close is left after closeTimeoutMs, and nothing is armed", async () => {
  const { clock, network, client, all } = scripted({ closeTimeoutMs: 700 });
  await clock.until(client.connect());
  network.mute("", "back");
  const closing = client.close();
  await clock.advance(690);
  expect(client.phase).toBe("closing");
  await clock.advance(20);
  await expect(closing).resolves.toMatchObject({ kind: "local" });
  expect(all("closed")).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("the address carries channel, presence and since, and keeps the path and query it had", async () => {
  const { clock, client, peer } = scripted({
    url: "http://server/api/?key=1",
    channel: "news & more",
    presence: { username: "Cerulean" },
    since: "evt_9",
  });
  await clock.until(client.connect());
  const { pathname, searchParams } = new URL(peer().path, "ws://server");
  expect(pathname).toBe("/api/news%20%26%20more/listen");
  expect(Object.fromEntries(searchParams)).toEqual({
    key: "1",
    presence: '{"username":"Cerulean"}',
    since: "evt_9",
  });
});

test("C34 a PING is answered at once, while an asynchronous schema is still busy", async () => {
  const never = {
    "~standard": { version: 1, vendor: "test", validate: () => new Promise<never>(() => {}) },
  } as const;
  const { clock, client, peer } = scripted({ schema: never });
  await clock.until(client.connect());
  peer().say(data("evt_1", 1));
  peer().say({ type: "PING", payload: {}, eventID: "evt_2", clientID: "client_0", latency: 23 });
  await clock.advance(2);
  expect(peer().said).toEqual([{ type: "PONG" }]);
  expect(client.latency).toBe(23);
});

test("decision 9: members follow the frames, and this client is none of them", async () => {
  const members = [
    { clientID: "client_a", presence: { n: 1 } },
    { clientID: "client_0", presence: {} },
  ];
  const { clock, client, peer, told } = scripted(
    {},
    { greet: (n) => [connected(n, { payload: { members } })] },
  );
  await clock.until(client.connect());
  const about = (type: string, clientID: string, presence?: unknown): void =>
    peer().say({ type: `PRESENCE:${type}`, payload: { clientID, presence } });
  about("JOINED", "client_b", { n: 2 });
  about("UPDATED", "client_b", { n: 3 });
  about("UPDATED", "client_0", { me: true });
  about("LEFT", "client_a");
  about("LEFT", "client_a");
  await clock.advance(5);
  expect(told.slice(1)).toEqual([
    ["joined", { clientID: "client_b", presence: { n: 2 } }],
    ["updated", { clientID: "client_b", presence: { n: 3 } }],
    ["updated", { clientID: "client_0", presence: { me: true } }],
    ["left", { clientID: "client_a", presence: { n: 1 } }],
  ]);
  expect([...client.members.keys()]).toEqual(["client_b"]);
});

test("S46 who left while the connection was down is no member after it is back", async () => {
  const { clock, network, client } = scripted(
    {},
    { greet: (n) => [connected(n, { payload: { members: n === 0 ? [{ clientID: "client_a" }] : [] } })] },
  );
  await clock.until(client.connect());
  expect(client.members.size).toBe(1);
  network.drop();
  await clock.advance(1_000);
  expect(client.members.size).toBe(0);
});

test("presence is said in the address, again after a reconnect, and as it was when it was set", async () => {
  const { clock, network, client, peers, peer } = scripted();
  const presence = { mood: "fine" };
  await clock.until(client.connect());
  client.setPresence(presence);
  presence.mood = "changed afterwards";
  await clock.advance(5);
  expect(peer().said).toEqual([{ type: "PRESENCE", payload: { mood: "fine" } }]);
  network.drop();
  await clock.advance(1_000);
  expect(peers).toHaveLength(2);
  expect(new URL(peer().path, "ws://server").searchParams.get("presence")).toBe('{"mood":"fine"}');
  expect(peer().said).toEqual([]);
});

test("a presence set during the dial, or too long for an address, is said after CONNECTED", async () => {
  const { clock, network, client, peer } = scripted();
  const connecting = client.connect();
  await clock.advance(1);
  const long = { text: "ü".repeat(1_000) };
  client.setPresence(long);
  await clock.until(connecting);
  await clock.advance(5);
  expect(peer().said).toEqual([{ type: "PRESENCE", payload: long }]);
  network.drop();
  await clock.advance(1_000);
  expect(peer().path).toBe("/news/listen?since=evt_c0");
  expect(peer().said).toEqual([{ type: "PRESENCE", payload: long }]);
});

test.each([
  ["is taken", 4_096 - 2, false],
  ["is refused", 4_096 - 1, true],
])("decision 9: a presence of 4 KiB and a byte more: %s", (_what, length, refused) => {
  const { client } = scripted();
  const set = (): void => client.setPresence("a".repeat(length));
  if (refused) expect(set).toThrow(/Presence must have at most 4096 bytes as JSON: got 4097/);
  else expect(set).not.toThrow();
});

test("a presence that is no JSON is refused at the call", () => {
  const { client } = scripted();
  expect(() => client.setPresence(1n)).toThrow("Presence cannot be written as JSON");
  expect(() => client.setPresence(undefined)).toThrow("Presence cannot be written as JSON: got undefined");
});

test("C27 a mute server is found out where the transport has no ping, by 60 s of silence", async () => {
  const { clock, client, network, peer, all }: Scripted<unknown> = scripted<unknown>({
    socket: async (address, handler, dial) => {
      const socket = await network.socket(address, handler, dial);
      return { bufferedAmount: 0, send: (frame): boolean => socket.send(frame), close: () => socket.close() };
    },
  });
  await clock.until(client.connect());
  for (let pings = 0; pings < 10; pings++) {
    await clock.advance(25_000);
    peer().say({ type: "PING", payload: {} });
  }
  expect(all("disconnected")).toEqual([]);
  network.mute();
  await clock.advance(95_000);
  expect(all("disconnected")[0]).toMatchObject({ cause: { kind: "mute" } });
});

test("an ERROR is told as refused, and the connection goes on", async () => {
  const { clock, client, peer, all } = scripted();
  await clock.until(client.connect());
  peer().say({
    type: "ERROR",
    payload: { message: "Not JSON", code: "INVALID_MESSAGE" },
    clientID: "client_0",
  });
  await clock.advance(5);
  expect(all("refused")).toEqual([{ code: "INVALID_MESSAGE", message: "Not JSON" }]);
  expect(client.phase).toBe("ready");
});

test.each([
  [1012, "busy"],
  [1013, "busy"],
  [4408, "closed"],
])("close code %i is followed by an ordinary backoff", async (code, kind) => {
  const { clock, network, client, peers, all } = scripted();
  await clock.until(client.connect());
  network.close("server", code);
  await clock.advance(2_000);
  expect(all("disconnected")).toMatchObject([{ cause: { kind, code }, wasReady: true }]);
  expect(peers).toHaveLength(2);
  expect(client.phase).toBe("ready");
});

test("C12 a refused token is final, and the client says so once", async () => {
  const { clock, network, client, all } = scripted();
  network.refuse("server", {
    kind: "unauthorized",
    message: "Upgrade was answered with HTTP 401",
    status: 401,
  });
  await expect(clock.until(client.connect())).rejects.toMatchObject({ code: "closed" });
  await clock.advance(120_000);
  expect(network.dials).toHaveLength(1);
  expect(all("closed")).toHaveLength(1);
});

test.each([
  [404, "nothing listens at ws://server/news/listen; option url is the server's, without the channel"],
  [405, "nothing listens at ws://server/news/listen; option url is the server's, without the channel"],
  [400, "the server cannot read it; look at the options channel, presence and since (evt_9)"],
])("S7 HTTP %i is final, and says what to look at", async (status, reason) => {
  const { clock, network, client, all } = scripted({ since: "evt_9" });
  const message = `Upgrade was answered with HTTP ${status}`;
  network.refuse("server", { kind: "rejected", message, status });
  await expect(clock.until(client.connect())).rejects.toMatchObject({
    code: "closed",
    message: expect.stringContaining(`${message}: ${reason}`),
  });
  await clock.advance(120_000);
  expect(network.dials).toHaveLength(1);
  expect(all("closed")).toMatchObject([{ cause: { kind: "rejected", status } }]);
});

test("S7 another status is tried again, and so is what isFinal does not count", async () => {
  for (const [status, isFinal] of [
    [502, undefined],
    [404, () => false],
  ] as const) {
    const { clock, network, client } = scripted(isFinal ? { isFinal } : {});
    network.refuse("server", { kind: "rejected", message: `HTTP ${status}`, status });
    client.connect().catch(() => {});
    await clock.advance(10_000);
    expect(network.dials.length).toBeGreaterThan(1);
    await clock.until(client.close());
  }
});

test("S7 with a real door: a url that holds the channel, and a since that is none, end it", async () => {
  for (const options of [{ url: "ws://server/news" }, { since: "5" }]) {
    const { clock, network } = channelRig();
    const base = { url: "ws://server", channel: "news", socket: network.socket, clock };
    const connecting = createChannelClient({ ...base, ...options }).connect();
    await expect(clock.until(connecting)).rejects.toMatchObject({ code: "closed" });
    expect(network.dials).toHaveLength(1);
    expect(clock.pending).toBe(0);
  }
});

test.each(["since", "presence"])("S3 a url with ?%s= is refused at the call", (name) => {
  expect(() => scripted({ url: `ws://server/?${name}=5` })).toThrow(
    new TypeError(`Option url must not hold ?${name}=: give it as an option`),
  );
});

test("S15 a url with a password is not dialled, and no message shows it", async () => {
  const { clock, network, client, told } = scripted({ url: "ws://user:secret@server" });
  const failed = await clock.until(client.connect().catch((error: Error) => error));
  expect(failed).toMatchObject({
    code: "closed",
    message: expect.stringContaining("Address must not hold a user or a password: ws://server/"),
  });
  expect(network.dials).toEqual([]);
  expect(JSON.stringify([told, String((failed as Error).stack)])).not.toContain("secret");
});

test("a second CONNECTED on one connection is told as invalid and changes nothing", async () => {
  const { clock, client, peer, all } = scripted();
  await clock.until(client.connect());
  peer().say(connected(7));
  await clock.advance(5);
  expect(all("invalid")).toMatchObject([{ type: "CONNECTED" }]);
  expect(client.clientId).toBe("client_0");
});
