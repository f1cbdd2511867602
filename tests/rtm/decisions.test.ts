import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { unusedPort } from "../support/unused-port.ts";
import { type BotUnderTest, QUICK, type StartBot, startDenoBot, startNodeBot } from "./bot-under-test.ts";
import { ForeignServer } from "./foreign-server.ts";

/**
 * docs/protocols/rtm.md, decision by decision (D1 …), against a server that shares no code with the bot.
 * The same cases run for the bot on Node and for the bot on Deno.
 */
const runtimes: Array<[string, StartBot]> = [
  ["node", startNodeBot],
  ["deno", startDenoBot],
];

describe.each(runtimes)("bot on %s", (_runtime, startBot) => {
  let server: ForeignServer;
  let bot: BotUnderTest | undefined;

  beforeEach(async () => {
    server = await ForeignServer.start();
  });
  afterEach(async () => {
    await bot?.close();
    await server.stop();
    bot = undefined;
  });

  const start = (options: object = {}): BotUnderTest => {
    bot = startBot({ url: server.url, ...QUICK, ...options });
    return bot;
  };
  const join = async (id: number | string, options: object = {}): Promise<BotUnderTest> => {
    const started = start(options);
    await started.waitFor("global.connected");
    server.global.say({ type: "team.join", team_id: id });
    await started.waitFor("team.connected");
    return started;
  };

  test("the example conversation: hello, join, connect, message, left, goodbye", async () => {
    const conversation = await join(1);
    server.team(1)?.say({ type: "message", text: "hello props" });
    expect(await conversation.waitFor("team.message")).toMatchObject({ teamId: 1, text: "hello props" });
    server.team(1)?.say({ type: "team.left", team_id: 1 });
    await conversation.waitFor("team.left");
    await server.until("the team's close", () => server.team(1)?.socket.readyState === 3);
    server.global.say({ type: "goodbye" });
    await conversation.waitFor("goodbye");
    expect(await conversation.closed).toEqual({ reason: "goodbye" });
  });

  test("D1: an http ws_url means the WebSocket of the same host", async () => {
    server.scheme = "http";
    await join(1);
    expect(server.team(1)?.path).toMatch(/^\/connect\//);
  });

  test("D1: another scheme is a failed attempt with a typed cause, and the next one asks again", async () => {
    server.onAsk = (team, times) =>
      server.giveAddress(team, times === 1 ? "ftp://127.0.0.1/team?token=x" : undefined);
    const joined = await join(1);
    const failed = await joined.waitFor("team.disconnected");
    expect(failed).toMatchObject({ teamId: 1, wasConnected: false, cause: { kind: "bad-address" } });
    expect(JSON.stringify(failed)).not.toContain("token");
    expect(server.asks(1)).toBe(2);
  });

  test("D1: headers go to a team on the same host, and to another host only if it is trusted", async () => {
    const other = await ForeignServer.start();
    try {
      server.onAsk = (team) => server.giveAddress(team, team === 1 ? undefined : other.address(team));
      const asked = await join(1, { headers: { authorization: "Bearer secret" } });
      server.global.say({ type: "team.join", team_id: 2 });
      await asked.waitFor("team.connected", ({ teamId }) => teamId === 2);
      expect(server.global.headers.authorization).toBe("Bearer secret");
      expect(server.team(1)?.headers.authorization).toBe("Bearer secret");
      expect(other.team(2)?.headers.authorization).toBeUndefined();
      await asked.close();
      const trusting = start({
        headers: { authorization: "Bearer secret" },
        trustedHosts: [`127.0.0.1:${other.port}`],
      });
      await trusting.waitFor("global.connected");
      server.global.say({ type: "team.join", team_id: 2 });
      await trusting.waitFor("team.connected");
      expect(other.team(2)?.headers.authorization).toBe("Bearer secret");
    } finally {
      await other.stop();
    }
  });

  test("D2: every reconnect asks for a fresh address", async () => {
    const joined = await join(1);
    for (const connects of [2, 3]) {
      server.team(1)?.socket.terminate();
      await joined.waitFor("team.connected", (event) => event.connects === connects);
    }
    expect(server.asks(1)).toBe(3);
    expect(server.refusals).toEqual([]);
  });

  test("D2: while the global connection is down, the last address may be tried", async () => {
    const joined = await join(1, { askTimeoutMs: 200 });
    server.refuseGlobals = true;
    server.global.socket.terminate();
    await joined.waitFor("global.disconnected");
    server.team(1)?.socket.terminate();
    await server.until("the spent address is tried", () => server.refusals.includes(403));
    server.refuseGlobals = false;
    await joined.waitFor("team.connected", (event) => event.connects === 2);
  });

  test("D3: team.left on the global connection closes the team with 1000 and keeps its counts", async () => {
    const joined = await join(1);
    server.team(1)?.say({ type: "message", text: "one" });
    await joined.waitFor("team.message");
    let code: number | undefined;
    server.team(1)?.socket.on("close", (closeCode) => {
      code = closeCode;
    });
    server.global.say({ type: "team.left", team_id: 1 });
    await joined.waitFor("team.left");
    await server.until("the team's close", () => server.team(1)?.socket.readyState === 3);
    expect(code).toBe(1000);
    expect(await server.healthcheck()).toEqual([
      { id: 1, connected: false, message_count: 1, props_count: 0 },
    ]);
    server.global.say({ type: "team.join", team_id: 1 });
    await server.until("the team is back", () => server.teams.get("number:1")?.length === 2);
    server.team(1)?.say({ type: "message", text: "two" });
    await joined.waitFor("team.message", ({ text }) => text === "two");
    expect(await server.healthcheck()).toEqual([
      { id: 1, connected: true, message_count: 2, props_count: 0 },
    ]);
  });

  test("D4: joining twice, an address nobody asked for and an unknown team.left are harmless and counted", async () => {
    const joined = await join(1);
    server.global.say({ type: "team.join", team_id: 1 });
    server.giveAddress(1);
    server.giveAddress(99);
    server.global.say({ type: "team.left", team_id: 98 });
    server.global.say({ type: "team.join", team_id: 2 });
    await joined.waitFor("team.connected", ({ teamId }) => teamId === 2);
    expect(server.teams.get("number:1")).toHaveLength(1);
    expect(server.mostSockets).toBe(1);
    expect((await joined.stats()).totals.ignored).toBe(4);
  });

  test("D5: a team that never answers the first time is asked again", async () => {
    server.onAsk = (team, times) => times > 1 && server.giveAddress(team);
    await join(1, { askTimeoutMs: 100 });
    expect(server.asks(1)).toBe(2);
  });

  test("D5: an error that names the team is told, and the team is asked again", async () => {
    server.onAsk = (team, times) => {
      if (times > 1) server.giveAddress(team);
      else server.global.say({ type: "error", message: "not now", received_message: {}, team_id: team });
    };
    const joined = await join(1);
    expect(await joined.waitFor("error")).toMatchObject({ code: "server-error" });
    expect(server.asks(1)).toBe(2);
  });

  test("D6: teams stay up without the global connection, and waiting ones are asked for after hello", async () => {
    const joined = await join(1);
    server.onAsk = () => {};
    server.global.say({ type: "team.join", team_id: 2 });
    await server.until("team 2 is asked for", () => server.asks(2) === 1);
    server.onAsk = (team) => server.giveAddress(team);
    server.global.socket.terminate();
    await joined.waitFor("global.connected", ({ connects }) => connects === 2);
    await joined.waitFor("team.connected", ({ teamId }) => teamId === 2);
    expect(server.teams.get("number:1")).toHaveLength(1);
    expect(
      joined.told.filter(({ name, event }) => name === "team.disconnected" && event.teamId === 1),
    ).toEqual([]);
  });

  test("D7: with onGoodbye reconnect a goodbye is not the end", async () => {
    const joined = await join(1, { onGoodbye: "reconnect" });
    server.global.say({ type: "goodbye" });
    server.global.socket.close(1000);
    await joined.waitFor("global.connected", ({ connects }) => connects === 2);
  });

  test("D8: a team is pinged with a unique id, and one that goes mute is replaced", async () => {
    const joined = await join(1, { heartbeat: { intervalMs: 100, timeoutMs: 100 } });
    expect(await joined.waitFor("team.pong")).toMatchObject({ teamId: 1 });
    const ids = server.team(1)?.said.map(({ unique_id }) => unique_id);
    expect(new Set(ids).size).toBe(ids?.length);
    server.answersPings = false;
    const lost = await joined.waitFor("team.disconnected");
    expect(lost).toMatchObject({ cause: { kind: "mute" }, wasConnected: true });
    server.answersPings = true;
    await joined.waitFor("team.connected", ({ connects }) => connects === 2);
  });

  test("D9: the healthcheck's counts are exact, across reconnects, garbage and departures", async () => {
    const joined = await join(1);
    server.global.say({ type: "team.join", team_id: "b" });
    await joined.waitFor("team.connected", ({ teamId }) => teamId === "b");
    const texts = ["props", "Props", "xpropsx", "", "none"];
    for (const text of texts) server.team(1)?.say({ type: "message", text });
    server.team(1)?.say({ type: "message" });
    server.team(1)?.say({ type: "message", text: 5 });
    server.team(1)?.say("not json");
    await joined.waitFor("invalid", ({ sample }) => sample === "not json");
    server.team(1)?.socket.terminate();
    await joined.waitFor("team.connected", ({ connects }) => connects === 2);
    server.team(1)?.say({ type: "message", text: "more props" });
    server.global.say({ type: "team.left", team_id: "b" });
    await joined.waitFor("team.left");
    await joined.waitFor("team.message", ({ text }) => text === "more props");
    expect(await server.healthcheck()).toEqual([
      { id: 1, connected: true, message_count: 6, props_count: 3 },
      { id: "b", connected: false, message_count: 0, props_count: 0 },
    ]);
    expect((await joined.stats()).teams).toEqual([
      { id: 1, connected: true, message_count: 6, props_count: 3 },
      { id: "b", connected: false, message_count: 0, props_count: 0 },
    ]);
  });

  test("D9: connected is true only after the team's hello", async () => {
    server.greets = false;
    const started = start();
    await server.until("a global connection", () => server.globals.length === 1);
    server.global.say({ type: "hello" });
    server.global.say({ type: "team.join", team_id: 1 });
    await server.until("a team connection", () => server.team(1) !== undefined);
    expect(await server.healthcheck()).toEqual([
      { id: 1, connected: false, message_count: 0, props_count: 0 },
    ]);
    server.team(1)?.say({ type: "hello" });
    await started.waitFor("team.connected");
    expect(await server.healthcheck()).toEqual([
      { id: 1, connected: true, message_count: 0, props_count: 0 },
    ]);
  });

  test("D10: an id goes back out as it came in, and 1 and '1' are two teams", async () => {
    const joined = await join("1");
    server.global.say({ type: "team.join", team_id: 1 });
    await joined.waitFor("team.connected", ({ teamId }) => teamId === 1);
    expect(server.global.said.map(({ team_id }) => team_id)).toEqual(["1", 1]);
  });

  test("D11: unknown types and extra fields pass, and what is no message is told and counted", async () => {
    const joined = await join(1, { maxMessageBytes: 2_000 });
    const peer = server.team(1);
    peer?.say({ type: "team.renamed", name: "x" });
    peer?.say({ type: "message", text: "with more", sender: "someone", at: [1] });
    peer?.say(new Uint8Array([1, 2, 3]));
    peer?.say({ type: "message", text: "x".repeat(3_000) });
    peer?.say("[".repeat(1_500));
    peer?.say('{"type":"__proto__"}');
    peer?.say('{"type":"message","text":"polluted","__proto__":{"polluted":true}}');
    await joined.waitFor("team.message", ({ text }) => text === "polluted");
    expect(await joined.waitFor("unknown")).toMatchObject({ teamId: 1, type: "team.renamed" });
    expect(joined.told.find(({ name }) => name === "team.message")?.event).toMatchObject({
      message: { type: "message", text: "with more", sender: "someone", at: [1] },
    });
    const invalid = joined.told.filter(({ name }) => name === "invalid").map(({ event }) => event);
    expect(invalid).toHaveLength(3);
    for (const { sample, reason } of invalid as Array<{ sample: string; reason: string }>) {
      expect(sample.length).toBeLessThanOrEqual(201);
      expect(reason).not.toBe("");
    }
    const { totals } = await joined.stats();
    expect(totals).toMatchObject({ connected: 1, messages: 2, invalid: 3, unknown: 2, teamReconnects: 0 });
  });

  test("a refused global connection is a typed cause, told once for each attempt", async () => {
    const closedPort = await unusedPort();
    const refused = start({ url: `ws://127.0.0.1:${closedPort}/global?token=secret` });
    const event = await refused.waitFor("global.disconnected");
    expect(event).toMatchObject({ cause: { kind: "refused" }, wasConnected: false });
    expect(JSON.stringify(refused.told)).not.toContain("secret");
  });

  test("a global connection answered with 401 ends the bot with the status", async () => {
    const http = createServer();
    http.on("upgrade", (_request, socket) =>
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
    );
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    const { port } = http.address() as AddressInfo;
    const refused = start({ url: `ws://127.0.0.1:${port}/global` });
    expect(await refused.closed).toMatchObject({
      reason: "failed",
      cause: { kind: "unauthorized", status: 401 },
    });
    http.close();
  });
});
