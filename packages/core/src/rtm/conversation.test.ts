import { expect, test } from "vitest";
import type { MemorySocket } from "../socket/memory.ts";
import type { Socket } from "../socket/socket.ts";
import { createManualClock, createTestNetwork } from "../testing/mod.ts";
import type { BotOptions } from "./bot-options.ts";
import { createBot } from "./client.ts";
import { createRtmServer } from "./server.ts";
import { mayHaveHeaders } from "./team-url.ts";

/** The bot and the server half with each other, in memory and on a manual clock. */
function setUp(teams: number, options: Partial<BotOptions> = {}) {
  const clock = createManualClock();
  const network = createTestNetwork({ clock, latencyMs: 5 });
  const server = createRtmServer({ url: "ws://server", clock });
  const listener = network.listen("ws://server", server.accept);
  for (let team = 1; team <= teams; team++) server.addTeam(team);
  const bot = createBot({ url: "ws://server/global", socket: network.socket, clock, ...options });
  return { clock, network, server, listener, bot };
}

test("C44 C45 C50 a herd of 500 comes back at the gate's pace, the global connection first", async () => {
  const { clock, network, server, bot } = setUp(500, { dials: { rate: 100, concurrency: 50 } });
  void bot.start();
  await clock.advance(10_000);
  expect(bot.stats().totals.connected).toBe(500);
  const before = network.dials.length;
  network.drop();
  await clock.advance(40_000);
  expect(bot.stats().totals).toMatchObject({ connected: 500, globalConnected: true });
  const again = network.dials.slice(before);
  expect(again[0]?.address).toContain("/global");
  for (const [index, { atMs }] of again.entries()) {
    const inWindow = again.slice(index).filter((dial) => dial.atMs < atMs + 100).length;
    expect(inWindow).toBeLessThanOrEqual(10);
  }
  for (const { sockets } of server.stats().teams) expect(sockets).toBe(1);
});

test("every message a live socket took is counted once, and the healthcheck agrees", async () => {
  const { clock, network, server, bot } = setUp(20);
  void bot.start();
  await clock.advance(2_000);
  for (let round = 0; round < 50; round++) {
    for (let team = 1; team <= 20; team++) server.send(team, round % 5 === 0 ? "props to you" : "hello");
    if (round % 10 === 9) network.mute(`/team/`);
    await clock.advance(1_000);
  }
  await clock.advance(120_000);
  const asked = server.healthcheck();
  await clock.advance(50);
  const claimed = await asked;
  const muted = bot.stats().totals.teamReconnects;
  expect(muted).toBeGreaterThan(0);
  for (const { id, connected, message_count } of claimed) {
    const truth = server.stats().teams.find((team) => team.id === id);
    expect(connected).toBe(true);
    expect(message_count).toBeLessThanOrEqual(truth?.sent ?? 0);
  }
  await clock.advance(10);
});

test("C84 after a loss a team is told connected and then its gap, and a team that joins anew has none", async () => {
  const { clock, network, server, bot } = setUp(2, { random: () => 0.5 });
  const told: string[] = [];
  bot.on("team.connected", ({ teamId, connects }) => void told.push(`${teamId} connected ${connects}`));
  bot.on("team.gap", ({ teamId, downMs }) => void told.push(`${teamId} gap ${downMs}`));
  void bot.start();
  await clock.advance(20_000);
  expect(told.splice(0).sort()).toEqual(["1 connected 1", "2 connected 1"]);
  const lostAt = clock.now();
  network.drop("/team/");
  // Attempts that fail meanwhile make the gap longer, and not two of it.
  network.refuse("/team/", { kind: "refused", message: "not yet" });
  await clock.advance(10_000);
  network.refuse("/team/", undefined);
  await clock.advance(60_000);
  expect(told.filter((line) => line.includes("connected")).sort()).toEqual([
    "1 connected 2",
    "2 connected 2",
  ]);
  const gaps = told.filter((line) => line.includes("gap"));
  expect(gaps).toHaveLength(2);
  for (const gap of gaps) expect(Number(gap.split(" ")[2])).toBeGreaterThan(10_000);
  for (const gap of gaps) expect(Number(gap.split(" ")[2])).toBeLessThan(clock.now() - lostAt);
  expect(told.indexOf("1 connected 2")).toBe(told.findIndex((line) => line.startsWith("1 gap")) - 1);
  told.splice(0);
  server.removeTeam(1);
  await clock.advance(1_000);
  server.addTeam(1);
  await clock.advance(5_000);
  expect(told).toEqual(["1 connected 1"]);
});

test("C77 C79 goodbye ends everything: no socket and no timer is left", async () => {
  const { clock, network, server, bot } = setUp(30);
  void bot.start();
  await clock.advance(2_000);
  void server.goodbye();
  await clock.advance(2_000);
  expect(await bot.closed).toEqual({ reason: "goodbye" });
  expect(network.live()).toBe(0);
  expect(clock.pending).toBe(0);
});

test("a bot that is aborted before, while and after it starts ends as aborted", async () => {
  for (const afterMs of [0, 3, 500]) {
    const controller = new AbortController();
    const { clock, bot, network } = setUp(3, { signal: controller.signal });
    if (afterMs === 0) controller.abort();
    const started = bot.start().then(
      () => "started",
      (error) => error.code,
    );
    await clock.advance(afterMs);
    controller.abort();
    await clock.advance(3_000);
    expect(await started).toBe(afterMs === 500 ? "started" : "aborted");
    expect(await bot.closed).toEqual({ reason: "aborted" });
    expect(network.live()).toBe(0);
  }
});

test("what a closing bot still hears changes nothing", async () => {
  const { clock, server, bot } = setUp(2);
  const errors: string[] = [];
  bot.on("error", ({ message }) => void errors.push(message));
  void bot.start();
  await clock.advance(500);
  server.addTeam("late");
  void bot.close();
  await clock.advance(2_000);
  expect(await bot.closed).toEqual({ reason: "closed" });
  expect(errors).toEqual([]);
  expect(bot.stats().teams.map(({ id }) => id)).toEqual([1, 2]);
});

test("C69 a listener that closes the bot, in whatever event, leaves nothing behind", async () => {
  for (const name of ["team.joined", "team.connected", "global.connected", "team.message"] as const) {
    const { clock, network, server, bot } = setUp(3);
    bot.on(name, () => void bot.close());
    void bot.start();
    await clock.advance(100);
    server.send(1, "hello");
    await clock.advance(3_000);
    expect(await bot.closed).toEqual({ reason: "closed" });
    expect([bot.stats().totals.timers, network.live()]).toEqual([0, 0]);
  }
});

test("D3 a team that leaves and joins again is not lost to a late farewell on its old connection", async () => {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const sockets: Record<string, Array<{ send(frame: string): unknown }>> = {};
  network.listen("ws://server", ({ path }) => (socket) => {
    sockets[path] = [...(sockets[path] ?? []), socket];
    socket.send('{"type":"hello"}');
    const answer = { type: "team.connect", team_id: 1, ws_url: "ws://server/team" };
    if (path === "/global") socket.send('{"type":"team.join","team_id":1}');
    return {
      onFrame: (frame) => String(frame).includes("team.connect") && socket.send(JSON.stringify(answer)),
      onClose: () => {},
    };
  });
  const bot = createBot({ url: "ws://server/global", socket: network.socket, clock });
  void bot.start();
  await clock.advance(50);
  sockets["/global"]?.[0]?.send('{"type":"team.left","team_id":1}');
  sockets["/global"]?.[0]?.send('{"type":"team.join","team_id":1}');
  sockets["/team"]?.[0]?.send('{"type":"team.left","team_id":1}');
  await clock.advance(2_000);
  expect(bot.stats().totals).toMatchObject({ joined: 1, connected: 1, ignored: 1 });
  expect(network.live("/team")).toBe(1);
});

test("D10 D11 an id that JSON cannot hold exactly, and a frame the transport refused, are told as invalid", async () => {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  let global: Socket | undefined;
  network.listen("ws://server", () => (socket) => {
    global = socket;
    socket.send('{"type":"hello"}');
    return { onFrame: () => {}, onClose: () => {} };
  });
  const bot = createBot({ url: "ws://server/global", socket: network.socket, clock });
  void bot.start();
  await clock.advance(50);
  global?.send('{"type":"team.join","team_id":9007199254740993}');
  await clock.advance(10);
  expect(bot.stats().totals).toMatchObject({ joined: 0, invalid: 1, globalConnected: true });
  global?.close(4000);
  await clock.advance(2_000);
  (global as MemorySocket).peer.end({ kind: "too-large", message: "Frame was too large" });
  await clock.settle();
  expect(bot.stats().totals.invalid).toBe(2);
});

test("D1 headers of a secure global connection go to no insecure team of the same name", () => {
  expect(mayHaveHeaders("ws://host/team", "wss://host/global", [])).toBe(false);
  expect(mayHaveHeaders("wss://host/team", "wss://host/global", [])).toBe(true);
  expect(mayHaveHeaders("ws://host/team", "wss://host/global", ["host"])).toBe(true);
});

test.each([
  [{ url: undefined }, /url.*undefined/],
  [{ askTimeoutMs: 0 }, /askTimeoutMs.*0/],
  [{ onGoodbye: "wave" }, /onGoodbye.*wave/],
  [{ heartbeat: { intervalMs: -5 } }, /heartbeat.intervalMs.*-5/],
  [{ dials: { concurrency: 0 } }, /dials.concurrency.*0/],
  [{ trustedHosts: "all" }, /trustedHosts.*all/],
  [{ maxDepartedTeams: "many" }, /maxDepartedTeams.*many/],
  [{ helloTimeoutMs: Number.NaN }, /helloTimeoutMs.*NaN/],
])("%o is refused at the call", (options, message) => {
  expect(() => setUp(0, options as never)).toThrow(message);
});

test("a final cause rejects start and says why", async () => {
  const { clock, network, bot } = setUp(0);
  network.refuse("global", {
    kind: "unauthorized",
    message: "Upgrade was answered with HTTP 401",
    status: 401,
  });
  const started = expect(bot.start()).rejects.toThrow(
    /failed before it was ready: Upgrade was answered with HTTP 401/,
  );
  await clock.advance(10);
  await started;
  expect(await bot.closed).toMatchObject({ reason: "failed", cause: { status: 401 } });
  await expect(bot.start()).rejects.toThrow();
});

test("D1 a secure global connection never leads to an insecure team, unless that is allowed", async () => {
  for (const allowInsecureTeams of [false, true]) {
    const clock = createManualClock();
    const network = createTestNetwork({ clock });
    const server = createRtmServer({ url: "ws://server", clock });
    network.listen("wss://server", server.accept);
    server.addTeam(1);
    const bot = createBot({ url: "wss://server/global", socket: network.socket, clock, allowInsecureTeams });
    const causes: string[] = [];
    bot.on("team.disconnected", ({ cause }) => void causes.push(`${cause.kind}: ${cause.message}`));
    void bot.start();
    await clock.advance(100);
    expect(bot.stats().totals.connected).toBe(allowInsecureTeams ? 1 : 0);
    if (!allowInsecureTeams) expect(causes[0]).toMatch(/^bad-address: .*insecure/);
  }
});

test("D9 departed teams are remembered up to the limit, the oldest goes first", async () => {
  const { clock, server, bot } = setUp(4, { maxDepartedTeams: 2 });
  void bot.start();
  await clock.advance(500);
  for (const team of [1, 2, 3]) {
    server.removeTeam(team);
    await clock.advance(50);
  }
  expect(bot.stats().teams.map(({ id }) => id)).toEqual([2, 3, 4]);
  expect(bot.stats().totals.forgotten).toBe(1);
});

test("C82 joining and leaving for ever leaves nothing behind", async () => {
  const { clock, server, bot, network } = setUp(1, { maxDepartedTeams: 0 });
  void bot.start();
  await clock.advance(500);
  const idle = { pending: clock.pending, live: network.live() };
  for (let round = 0; round < 200; round++) {
    server.addTeam("guest");
    await clock.advance(60);
    server.removeTeam("guest");
    await clock.advance(60);
  }
  expect(bot.stats().totals.forgotten).toBe(200);
  expect({ pending: clock.pending, live: network.live() }).toEqual(idle);
});
