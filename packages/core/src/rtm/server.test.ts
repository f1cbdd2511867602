import { beforeEach, describe, expect, test } from "vitest";
import { causeOfRejection } from "../socket/close-cause.ts";
import type { Socket } from "../socket/socket.ts";
import { createManualClock, createTestNetwork, type ManualClock, type TestNetwork } from "../testing/mod.ts";
import { createRtmServer } from "./server.ts";
import type { RtmServer } from "./server-options.ts";

/** docs/protocols/rtm.md, the decisions about the server (D12 …), spoken to frame by frame. */
let clock: ManualClock;
let network: TestNetwork;
let server: RtmServer;

interface Dialled {
  readonly socket: Socket;
  readonly heard: Array<Record<string, unknown>>;
  ended: boolean;
  say(message: object | string): void;
  last(type: string): Record<string, unknown> | undefined;
}

beforeEach(() => {
  clock = createManualClock();
  network = createTestNetwork({ clock });
  server = createRtmServer({ url: "ws://server", clock });
  network.listen("ws://server", server.accept);
});

async function dial(address: string): Promise<Dialled> {
  const heard: Dialled["heard"] = [];
  const handler = {
    onFrame: (frame: string | Uint8Array) => void heard.push(JSON.parse(String(frame))),
    onClose: () => {
      dialled.ended = true;
    },
  };
  const dialling = network.socket(address, handler, { signal: new AbortController().signal });
  dialling.catch(() => {});
  await clock.advance(5);
  const socket = await dialling;
  const dialled: Dialled = {
    ...{ socket, heard, ended: false },
    say: (message) => void socket.send(typeof message === "string" ? message : JSON.stringify(message)),
    last: (type) => heard.filter((message) => message.type === type).at(-1),
  };
  return dialled;
}

async function addressOf(global: Dialled, id: number | string): Promise<string> {
  global.say({ type: "team.connect", team_id: id });
  await clock.advance(5);
  return String(global.last("team.connect")?.ws_url);
}

describe("D12 the doors", () => {
  test("the global connection says hello and names every team", async () => {
    server.addTeam(1);
    server.addTeam("b");
    const global = await dial("ws://server/global");
    expect(global.heard).toEqual([
      { type: "hello" },
      { type: "team.join", team_id: 1 },
      { type: "team.join", team_id: "b" },
    ]);
  });

  test("a team's address lets one socket in, once", async () => {
    server.addTeam(1);
    const global = await dial("ws://server/global");
    const address = await addressOf(global, 1);
    const team = await dial(address);
    expect(team.heard).toEqual([{ type: "hello" }]);
    expect(causeOfRejection(await dial(address).catch((error) => error))).toMatchObject({ status: 403 });
    expect(server.stats().mistakes.address).toBe(1);
  });

  test("addresses are unguessable: 192 random bits, never the same", async () => {
    server.addTeam(1);
    const global = await dial("ws://server/global");
    const [first, second] = [await addressOf(global, 1), await addressOf(global, 1)];
    expect(first).toMatch(/^ws:\/\/server\/team\/[0-9a-f]{48}$/);
    expect(first).not.toBe(second);
  });

  test("an address expires after 30 s, and is good until then", async () => {
    server.addTeam(1);
    const global = await dial("ws://server/global");
    const [early, late] = [await addressOf(global, 1), await addressOf(global, 1)];
    await clock.advance(29_900);
    expect((await dial(early)).heard).toEqual([{ type: "hello" }]);
    await clock.advance(200);
    await expect(dial(late)).rejects.toMatchObject({ closeCause: { status: 403 } });
  });

  test("an unknown path is refused with 404", async () => {
    await expect(dial("ws://server/elsewhere")).rejects.toMatchObject({ closeCause: { status: 404 } });
  });
});

describe("D13 what the server cannot take", () => {
  test.each([
    ["not json", { received_message: "not json" }],
    [
      { type: "dance", team_id: 3 },
      { received_message: { type: "dance", team_id: 3 }, team_id: 3 },
    ],
    [{ type: "team.connect" }, { received_message: '{"type":"team.connect"}' }],
    [
      { type: "team.connect", team_id: 77 },
      { received_message: { type: "team.connect", team_id: 77 }, team_id: 77 },
    ],
    [{ type: "ping", unique_id: 1 }, { received_message: { type: "ping", unique_id: 1 } }],
  ])("%j is answered with an error that holds it", async (message, expected) => {
    const global = await dial("ws://server/global");
    global.say(message);
    await clock.advance(5);
    expect(global.last("error")).toMatchObject({ ...expected, message: expect.any(String) });
    expect(global.ended).toBe(false);
  });

  test("on a team connection the error names the team", async () => {
    server.addTeam("b");
    const global = await dial("ws://server/global");
    const team = await dial(await addressOf(global, "b"));
    team.say({ type: "healthcheck", stats: [] });
    await clock.advance(5);
    expect(team.last("error")).toMatchObject({ team_id: "b" });
  });

  test("a ping is answered with its own id", async () => {
    server.addTeam(1);
    const global = await dial("ws://server/global");
    const team = await dial(await addressOf(global, 1));
    team.say({ type: "ping", unique_id: "x" });
    await clock.advance(5);
    expect(team.last("pong")).toEqual({ type: "pong", unique_id: "x" });
  });
});

describe("D14 healthchecks", () => {
  const stats = [{ id: 1, connected: true, message_count: 2, props_count: 1 }];

  test("an answer reaches whoever asked", async () => {
    const global = await dial("ws://server/global");
    const asked = server.healthcheck();
    await clock.advance(5);
    expect(global.last("healthcheck")).toEqual({ type: "healthcheck" });
    global.say({ type: "healthcheck", stats });
    await clock.advance(5);
    expect(await asked).toEqual(stats);
  });

  test("one that nobody asked for is accepted and ignored", async () => {
    const global = await dial("ws://server/global");
    global.say({ type: "healthcheck", stats });
    await clock.advance(5);
    expect(global.last("error")).toBeUndefined();
    expect(global.ended).toBe(false);
  });

  test("no answer in time, a lost client and no client at all are told to whoever asked", async () => {
    await expect(server.healthcheck()).rejects.toMatchObject({ code: "not-sent" });
    await dial("ws://server/global");
    const late = expect(server.healthcheck({ timeoutMs: 100 })).rejects.toMatchObject({ code: "timeout" });
    await clock.advance(101);
    await late;
    const lost = expect(server.healthcheck()).rejects.toMatchObject({ code: "connection-lost" });
    network.drop();
    await lost;
  });
});

describe("teams", () => {
  test("a message goes to the team's socket and is counted; without a socket it is counted as missed", async () => {
    server.addTeam(1);
    expect(server.send(1, "too early")).toBe(0);
    const global = await dial("ws://server/global");
    const team = await dial(await addressOf(global, 1));
    expect(server.send(1, "hello props")).toBe(1);
    await clock.advance(5);
    expect(team.last("message")).toEqual({ type: "message", text: "hello props" });
    expect(server.stats().teams).toEqual([{ id: 1, sent: 1, props: 1, missed: 1, sockets: 1, connects: 1 }]);
    expect(server.send(2, "unknown")).toBe(0);
  });

  test("removing a team says so on both connections, and drops a socket whose client does not close", async () => {
    server.addTeam(1);
    const global = await dial("ws://server/global");
    const team = await dial(await addressOf(global, 1));
    expect(server.removeTeam(1)).toBe(true);
    expect(server.removeTeam(1)).toBe(false);
    await clock.advance(5);
    expect(team.last("team.left")).toEqual({ type: "team.left", team_id: 1 });
    expect(global.last("team.left")).toEqual({ type: "team.left", team_id: 1 });
    await clock.advance(5_000);
    expect(team.ended).toBe(true);
    expect(server.send(1, "gone")).toBe(0);
  });

  test("goodbye is said, and resolves when the last socket is gone", async () => {
    const global = await dial("ws://server/global");
    let done = false;
    const bye = server.goodbye().then(() => {
      done = true;
    });
    await clock.advance(5);
    expect(global.last("goodbye")).toEqual({ type: "goodbye" });
    expect(done).toBe(false);
    await expect(dial("ws://server/global")).rejects.toMatchObject({ closeCause: { status: 503 } });
    global.socket.close(1000);
    await clock.advance(5);
    await bye;
    await clock.advance(5);
    expect(clock.pending).toBe(0);
  });

  test("S27 a client that does not read is dropped at the limit", async () => {
    const dropped: string[] = [];
    server.on("dropped", ({ why }) => void dropped.push(why));
    const welcome = server.accept({ path: "/global", header: () => undefined });
    let terminated = 0;
    const slow = { bufferedAmount: 0, send: () => true, close: () => {}, terminate: () => void terminated++ };
    if (typeof welcome === "function") welcome(slow);
    slow.bufferedAmount = 4_194_305;
    server.addTeam(1);
    expect(terminated).toBe(1);
    expect(dropped).toHaveLength(1);
    expect(server.clients).toEqual([]);
  });

  test("S30 a client that went mute is found within the heartbeat's window", async () => {
    await dial("ws://server/global");
    network.mute();
    await clock.advance(30_000 + 10_000);
    expect(server.clients).toEqual([]);
  });
});

test.each([
  [{ url: "nowhere" }, /url.*nowhere/],
  [{ url: "ws://server", tokenTtlMs: 0 }, /tokenTtlMs.*0/],
  [{ url: "ws://server", heartbeat: { intervalMs: "often" } }, /heartbeat.intervalMs.*often/],
])("%o is refused at the call", (options, message) => {
  expect(() => createRtmServer(options as never)).toThrow(message);
});
