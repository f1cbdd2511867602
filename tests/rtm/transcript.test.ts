import { readFileSync } from "node:fs";
import { memory, type Socket } from "@holdfast/core";
import { createBot, createRtmServer } from "@holdfast/core/rtm";
import { expect, test } from "vitest";

/** The transcript in docs/protocols/rtm.md, spoken to the bot as its server and to the server as its bot. */
const document = readFileSync(new URL("../../docs/protocols/rtm.md", import.meta.url), "utf8");
const [globalLines = [], teamLines = []] = [...document.matchAll(/```\n((?:[<>] .*\n)+)```/g)].map(
  ([, text = ""]) => text.trimEnd().split("\n"),
);

test("the document has both transcripts", () => {
  expect(globalLines.length).toBeGreaterThan(5);
  expect(teamLines.length).toBeGreaterThan(3);
});

test("the bot says what the transcript says it does, in that order", async () => {
  const network = memory();
  const said: Record<string, string[]> = { global: [], team: [] };
  const sockets: Record<string, Socket> = {};
  network.listen("ws://localhost:8080", ({ path }) => (socket) => {
    const name = path === "/global" ? "global" : "team";
    sockets[name] = socket;
    return {
      onFrame: (frame) => void said[name]?.push(String(frame)),
      onClose: () => said[name]?.push("closed"),
    };
  });
  const bot = createBot({
    url: "ws://localhost:8080/global",
    socket: network.socket,
    heartbeat: { intervalMs: 1, timeoutMs: 1_000 },
    random: () => 0,
  });
  void bot.start();
  await until(() => sockets.global !== undefined);
  const speak = async (name: "global" | "team", lines: string[]): Promise<void> => {
    for (const line of lines) {
      if (line.startsWith("<")) sockets[name]?.send(line.slice(2));
      else await until(() => said[name]?.includes(line.slice(2)) === true);
    }
  };
  const asked = globalLines.findIndex((line) => line.includes("ws_url"));
  const checked = globalLines.indexOf('< {"type":"healthcheck"}');
  await speak("global", globalLines.slice(0, asked + 1));
  await until(() => sockets.team !== undefined);
  const left = teamLines.findIndex((line) => line.includes("team.left"));
  await speak("team", teamLines.slice(0, left));
  await speak("global", globalLines.slice(checked, -1));
  await speak("team", teamLines.slice(left));
  await until(() => said.team?.at(-1) === "closed");
  await speak("global", globalLines.slice(-1));
  expect(await bot.closed).toEqual({ reason: "goodbye" });
});

test("the server says what the transcript says it does, in that order", async () => {
  const network = memory();
  const server = createRtmServer({ url: "http://localhost:8080" });
  network.listen("ws://localhost:8080", server.accept);
  server.addTeam(1);
  const global = await dial(network.socket, "ws://localhost:8080/global");
  // The token differs each time; the rest is to the letter.
  const shape = (frame: string): string => frame.replace(/team\/[^"]*/, "team/…").replace("5f0c…", "…");
  const heard = async (peer: Peer, line: string): Promise<void> => {
    await until(() => peer.frames.length > 0);
    expect(shape(peer.frames.shift() ?? "")).toBe(shape(line.slice(2)));
  };
  let asked: Promise<unknown> = Promise.resolve();
  let address = "";
  for (const line of globalLines.slice(0, -1)) {
    if (line.startsWith(">")) global.socket.send(line.slice(2));
    else {
      if (line === '< {"type":"healthcheck"}') asked = server.healthcheck();
      if (line.includes("ws_url")) {
        await until(() => global.frames.length > 0);
        address = JSON.parse(global.frames[0] ?? "").ws_url;
      }
      await heard(global, line);
    }
  }
  expect(await asked).toEqual([{ id: 1, connected: true, message_count: 1, props_count: 1 }]);
  const team = await dial(network.socket, address);
  for (const line of teamLines) {
    if (line.startsWith(">")) team.socket.send(line.slice(2));
    else {
      if (line.includes('"message"')) server.send(1, JSON.parse(line.slice(2)).text);
      if (line.includes("team.left")) server.removeTeam(1);
      await heard(team, line);
    }
  }
  await heard(global, '< {"type":"team.left","team_id":1}');
  team.socket.close(1000);
  const gone = server.goodbye();
  await heard(global, globalLines.at(-1) ?? "");
  global.socket.close(1000);
  await gone;
});

interface Peer {
  readonly socket: Socket;
  readonly frames: string[];
}

async function dial(socket: ReturnType<typeof memory>["socket"], address: string): Promise<Peer> {
  const frames: string[] = [];
  const handler = {
    onFrame: (frame: string | Uint8Array) => void frames.push(String(frame)),
    onClose: () => {},
  };
  return { frames, socket: await socket(address, handler, { signal: new AbortController().signal }) };
}

/** Everything here happens in memory: a few turns of the loop are all the waiting there is. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("Not within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
