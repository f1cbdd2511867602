import { join } from "node:path";
import { listenWebSocket } from "@holdfast/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scorecard } from "../packages/cli/src/mod.ts";
import { addressOf, bundleHoldfast, type Holdfast, type Started, startProgram } from "./cli/holdfast.ts";
import { ROOT, readJson } from "./support/packages.ts";

let holdfast: Holdfast;

beforeAll(async () => {
  holdfast = await bundleHoldfast();
});
afterAll(() => holdfast.cleanUp());

const FAULTS = ["--drop", "--mute", "--garbage", "--refuse", "--flap"];
const QUICK = ["--heartbeat-interval=1", "--heartbeat-timeout=0.5"];
const cardOf = (server: Started): Scorecard => JSON.parse(server.stdout) as Scorecard;
const serve = (...args: string[]): Started =>
  holdfast.start("rtm", "--port=0", "--json", "--seed=1", ...args);

async function fixtureClient(server: Started, fault: string): Promise<Started> {
  const file = join(ROOT, "tests", "cli", "fixture-client.mjs");
  return startProgram(process.execPath, [file, await addressOf(server), fault]);
}

describe("usage", () => {
  test.each([
    ["bot", ["--json", "--no-live", "--for", "--heartbeat-interval", "--heartbeat-timeout", "--dial-rate"]],
    ["bot", ["--dial-concurrency", "<url>", "--help", "Exit codes"]],
    [
      "rtm",
      ["--port", "--host", "--url", "--teams", "--rate", "--healthcheck", "--for", "--settle", "--seed"],
    ],
    ["rtm", [...FAULTS, "--json", "--help", "Exit codes", "share of the live ones hit per second"]],
    ["demo", [...FAULTS, "--for", "--teams", "--rate", "--seed", "--json", "--help", "Exit codes"]],
  ])("holdfast %s --help tells of %j", async (command, parts) => {
    const { code, stdout, stderr } = await holdfast.run(command, "--help");
    for (const part of parts) expect(stdout.replaceAll(/\s+/g, " ")).toContain(part);
    expect([code, stderr]).toEqual([0, ""]);
  });

  test("holdfast --help names the commands, and --version is the version of the manifests", async () => {
    const help = await holdfast.run("--help");
    for (const command of ["bot", "rtm", "demo"]) expect(help.stdout).toContain(command);
    const { stdout, code } = await holdfast.run("--version");
    expect([stdout.trim(), code]).toEqual([readJson<{ version: string }>("package.json").version, 0]);
  });

  test.each([
    [["rtm", "--teams", "many"], "--teams", "many"],
    [["rtm", "--port", "65536"], "--port", "65536"],
    [["rtm", "--drop", "1.5"], "--drop", "1.5"],
    [["rtm", "--rate", "-3"], "--rate", "-3"],
    [["rtm", "--for", "1e9"], "--for", "1e9"],
    [["rtm", "--url", "ftp://host"], "--url", "ftp://host"],
    [["rtm", "--nonsense"], "--nonsense", "unknown option"],
    [["bot"], "url", "missing"],
    [["bot", "not a url"], "url", "not a url"],
    [["bot", "ws://host", "--dial-rate", "0"], "--dial-rate", "0"],
    [["bot", "ws://host", "--heartbeat-interval", ""], "--heartbeat-interval", "''"],
    [["demo", "--mute", "half"], "--mute", "half"],
    [["nonsense"], "unknown command", "nonsense"],
  ])("holdfast %j is bad usage that names it", async (args, name, value) => {
    const { code, stdout, stderr } = await holdfast.run(...args);
    expect(stderr).toContain(name);
    expect(stderr).toContain(value);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("a bot against a server", () => {
  test("tells each event as a line of JSON, and both end with 0 after goodbye", async () => {
    const server = serve("--teams=3", "--rate=50", "--for=2", "--healthcheck=0.5");
    const bot = await holdfast.run("bot", await addressOf(server), "--json", ...QUICK);
    const events = bot.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const names = new Set(events.map(({ event }) => event));
    for (const name of ["global.connected", "team.joined", "team.connected", "team.message", "team.pong"]) {
      expect(names).toContain(name);
    }
    expect(events.at(-1)).toMatchObject({ event: "closed", reason: "goodbye", totals: { joined: 3 } });
    expect([bot.code, await server.ended]).toEqual([0, 0]);
    const card = cardOf(server);
    const told = events.filter(({ event }) => event === "team.message").length;
    expect(card).toMatchObject({ passed: true, messages: { sent: told, claimed: told, lost: 0 } });
    expect(told).toBeGreaterThan(50);
  });

  test("loses nothing under all faults", async () => {
    const faults = ["--drop=0.05", "--mute=0.05", "--garbage=0.2", "--refuse=0.1", "--flap=0.1"];
    const server = serve("--teams=60", "--rate=600", "--for=6", "--healthcheck=1", ...faults);
    const bot = await holdfast.run("bot", await addressOf(server), ...QUICK);
    expect([await server.ended, bot.code]).toEqual([0, 0]);
    const card = cardOf(server);
    expect(card.problems).toEqual([]);
    for (const times of Object.values(card.faults)) expect(times).toBeGreaterThan(0);
    expect(card.reconnects.count).toBeGreaterThan(20);
    expect(card.messages.sent).toBeGreaterThan(1000);
    expect(card.rows).toHaveLength(60);
    // The view's stand-in where stdout is no terminal: lines, and nothing that acts on a terminal.
    expect(bot.stdout).toMatch(/60 of 60 teams up, .* messages\/s/);
    expect(bot.stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends either of them cleanly", async (signal) => {
    const server = serve("--teams=3", "--rate=20");
    const bot = holdfast.start("bot", await addressOf(server), "--json");
    await bot.wrote(/"team.message"/);
    server.child.kill(signal);
    expect([await server.ended, await bot.ended]).toEqual([0, 0]);
    expect(cardOf(server).passed).toBe(true);

    const other = serve("--teams=3", "--settle=0");
    const leaving = holdfast.start("bot", await addressOf(other), "--json");
    await leaving.wrote(/"team.connected"/);
    leaving.child.kill(signal);
    expect(await leaving.ended).toBe(0);
    expect(leaving.stdout.trimEnd().split("\n").at(-1)).toContain('"reason":"closed"');
    // Its client left before it could be asked.
    other.child.kill(signal);
    expect(await other.ended).toBe(1);
    expect(cardOf(other).problems[0]).toContain("No final healthcheck");
  });

  test("a second signal ends a server that waits for its client to come to rest", async () => {
    const server = serve("--teams=2");
    await fixtureClient(server, "silent");
    await server.wrote(/Client 1 connected/);
    server.child.kill("SIGTERM");
    await server.wrote(/come to rest/);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(143);
  });

  test("a reader of the bot's lines that goes away ends it, and is no error", async () => {
    const server = serve("--teams=3", "--rate=50", "--settle=0");
    const bot = holdfast.start("bot", await addressOf(server), "--json");
    await bot.wrote(/"team.message"/);
    bot.child.stdout?.destroy();
    expect([await bot.ended, bot.stderr]).toEqual([0, ""]);
    server.child.kill("SIGINT");
    await server.ended;
  });
});

describe("exit codes", () => {
  test("a bot that is not let in ends with 1 and says why", async () => {
    const refusing = await listenWebSocket({ port: 0, accept: () => ({ status: 401, reason: "No" }) });
    const { code, stderr } = await holdfast.run("bot", `${refusing.address}/global`);
    await refusing.close();
    expect(code).toBe(1);
    expect(stderr).toContain("401");
  });

  test("a bot that never reached its server ends with 1", async () => {
    const { code, stderr } = await holdfast.run("bot", "ws://127.0.0.1:1/global", "--for=0.5", "--json");
    expect(code).toBe(1);
    expect(stderr).toContain("never");
  });

  test("a server whose port is taken ends with 3 and names it", async () => {
    const taken = await listenWebSocket({ port: 0, accept: () => ({ status: 404, reason: "No" }) });
    const { code, stdout, stderr } = await holdfast.run("rtm", `--port=${taken.port}`);
    await taken.close();
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(String(taken.port));
  });

  test("a server that no client came to ends with 1", async () => {
    const server = serve("--for=0.3");
    expect(await server.ended).toBe(1);
    expect(cardOf(server).problems).toEqual(["No client came"]);
  });
});

describe("another client", () => {
  const scored = async (
    fault: string,
    settle = "--settle=3",
  ): Promise<{ code: number | string; card: Scorecard }> => {
    const server = serve("--teams=5", "--rate=100", "--drop=0.2", "--garbage=0.5", "--for=2", settle);
    const client = await fixtureClient(server, fault);
    const code = await server.ended;
    await client.ended;
    return { code, card: cardOf(server) };
  };

  test("that is honest passes", async () => {
    const { code, card } = await scored("honest");
    expect([code, card.problems]).toEqual([0, []]);
    expect(card.messages.sent).toBeGreaterThan(50);
    expect(card.faults.drop).toBeGreaterThan(0);
  });

  test.each([
    ["undercount", /^1 message lost, in 1 team$/],
    ["overcount", /^1 message claimed that was never sent, in 1 team$/],
    ["disconnected", /^connected is wrong in 5 teams$/],
    ["twice", /^\d+ duplicate sockets?, in 1 team$/],
    ["silent", /^No final healthcheck/, "--settle=0"],
  ])("that is %s fails", async (fault, problem, settle?: string) => {
    const { code, card } = await scored(fault, settle);
    expect([code, card.passed]).toEqual([1, false]);
    expect(card.problems).toContainEqual(expect.stringMatching(problem));
  });
});

describe("npm start", () => {
  test("prints the scorecard as JSON, and nothing else on stdout", async () => {
    const started = startProgram("npm", ["start", "--silent", "--", "--for", "3", "--teams", "50", "--json"]);
    expect([await started.ended, started.stderr.replaceAll(/^npm .*\n/gm, "")]).toEqual([0, ""]);
    const card = cardOf(started);
    expect(card).toMatchObject({ passed: true, teams: { total: 50, connected: 50, agreeing: 50 } });
  });

  test("ends in order at SIGINT, with the scorecard for people", async () => {
    const started = startProgram(process.execPath, ["scripts/start.mjs", "--teams", "20", "--for", "60"]);
    await started.wrote(/of 20 teams up/);
    started.child.kill("SIGINT");
    expect(await started.ended).toBe(0);
    for (const part of ["ended: goodbye", "claimed", "✓ passed"]) expect(started.stdout).toContain(part);
  });
});
