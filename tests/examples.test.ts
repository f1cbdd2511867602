import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ForeignServer } from "./rtm/foreign-server.ts";

/** Every example is a complete program of at most 60 lines that says its command, and runs as it says. */
const root = fileURLToPath(new URL("..", import.meta.url));
const files = readdirSync(new URL("../examples", import.meta.url)).filter((name) => name.endsWith(".ts"));
const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");

interface Run {
  readonly child: ChildProcess;
  readonly output: Promise<string>;
  /** Resolves once it has printed that. */
  printed(text: RegExp): Promise<RegExpMatchArray>;
}

function run(file: string, args: string[] = [], env: Record<string, string> = {}): Run {
  const program = `examples/${file}`;
  const command = file.startsWith("deno-")
    ? [deno, "run", "--allow-net", "--no-prompt", program]
    : ["--import", "tsx", program];
  const child = spawn(process.execPath, [...command, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const keep = (data: unknown): void => {
    text += data;
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const output = new Promise<string>((resolve, reject) => {
    child.on("close", (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${file} ended with ${code}\n${text}`)),
    );
  });
  output.catch(() => {});
  const printed = (wanted: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = text.match(wanted);
        if (found !== null) resolve(found);
      };
      child.stdout?.on("data", look);
      look();
      output.then(() => reject(new Error(`${file} never printed ${wanted}\n${text}`)), reject);
    });
  return { child, output, printed };
}

test.each(files)("%s is short and says its command in the first comment", (file) => {
  const lines = readFileSync(new URL(`../examples/${file}`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.length).toBeLessThanOrEqual(60);
  expect(lines[0]).toMatch(/^\/\/ /);
  expect(lines.slice(0, 5).join("\n")).toContain(`examples/${file}`);
});

test("every example is executed below", () => {
  expect(files.sort()).toEqual([
    "channel-listener.ts",
    "channel-server.ts",
    "deno-bot.ts",
    "many-connections.ts",
    "node-bot.ts",
    "own-protocol.ts",
    "rtm-server.ts",
    "test-your-bot.ts",
  ]);
});

describe.each(["node-bot.ts", "deno-bot.ts"])("%s", (file) => {
  test("tells messages, and exits by itself within 100 ms of its last socket after goodbye (C80)", async () => {
    const server = await ForeignServer.start();
    const bot = run(file, [server.url]);
    await server.until("the bot", () => server.globals.length === 1, 20_000);
    server.global.say({ type: "team.join", team_id: 1 });
    await server.until("the team", () => server.team(1) !== undefined);
    server.team(1)?.say({ type: "message", text: "hello from the server" });
    await server.healthcheck();
    const lastSocket = Promise.all(
      [server.global, server.team(1)].map(
        (peer) => new Promise((resolve) => peer?.socket.on("close", resolve)),
      ),
    ).then(() => performance.now());
    const exit = new Promise<number>((resolve) => bot.child.on("exit", () => resolve(performance.now())));
    server.global.say({ type: "goodbye" });
    const tookMs = (await exit) - (await lastSocket);
    expect(await bot.output).toBe("1: hello from the server\nended: goodbye\n");
    expect(tookMs).toBeLessThan(100);
    await server.stop();
  });
});

test("rtm-server.ts serves a bot, gets its healthcheck and says goodbye", async () => {
  const server = run("rtm-server.ts", ["0"]);
  const address = await new Promise<string>((resolve) => {
    server.child.stdout?.on("data", (data) => {
      const [found] = String(data).match(/ws:\S+/) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const bot = run("node-bot.ts", [address]);
  expect(await bot.output).toContain("1: mad props to you\nsecond: hello\n");
  expect(await server.output).toMatch(/team second: connected true, \d messages/);
});

test("channel-server.ts delivers to channel-listener.ts, which acknowledges, and is told when the server drains", async () => {
  const server = run("channel-server.ts", ["0"]);
  const [address = ""] = await server.printed(/ws:\S+/);
  const listener = run("channel-listener.ts", [address, "Cerulean"]);
  await listener.printed(/listening, 0 others/);
  const emit = async (headline: unknown): Promise<unknown> => {
    const url = `${address.replace("ws:", "http:")}/news/emit?require-ack=true`;
    return (await fetch(url, { method: "POST", body: JSON.stringify({ headline }) })).json();
  };
  expect(await emit("hello")).toMatchObject({ success: true, acked: [expect.stringMatching(/^client_/)] });
  expect(await emit(7)).toMatchObject({ success: false, code: "ACK_TIMEOUT" });
  server.child.kill("SIGINT");
  expect(await server.output).toMatch(/news: delivered to 1\n(.*\n)*ended: 2 events, 1 acknowledgements\n$/);
  await listener.printed(/lost: Peer closed with 1012/);
  listener.child.kill("SIGINT");
  expect(await listener.output).toMatch(
    /^listening, 0 others\nhello\nnot taken: headline.*\nlost: .*\n(.*\n)*ended: /,
  );
});

test("channel-server.ts refuses a wrong token to emit with 401, as it does none, and says whom", async () => {
  const server = run("channel-server.ts", ["0"], { EMIT_TOKEN: "s3cret" });
  const [address = ""] = await server.printed(/ws:\S+/);
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${address.replace("ws:", "http:")}/news/emit?n=1`, { headers })).status;
  expect(await status({})).toBe(401);
  expect(await status({ Authorization: "Bearer wrong" })).toBe(401);
  expect(await status({ Authorization: "Bearer s3cret" })).toBe(200);
  await server.printed(/127\.0\.0\.1 refused: UNAUTHORIZED at news/);
  server.child.kill("SIGINT");
  await server.output;
});

test("own-protocol.ts validates what arrives", async () => {
  const output = await run("own-protocol.ts").output;
  expect(output).toContain("invalid: celsius");
  expect(output).toContain("Lisbon: 21 °C");
});

test("many-connections.ts brings every connection back", async () => {
  expect(await run("many-connections.ts").output).toBe("100 symbols priced, 100 connections ready\n");
});

test("test-your-bot.ts runs its tests, and they pass", async () => {
  expect(await run("test-your-bot.ts").output).toMatch(/pass 2\n.*fail 0\n/s);
});
