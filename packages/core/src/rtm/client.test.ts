import { expect, test } from "vitest";
import { createManualClock, createTestNetwork } from "../testing/mod.ts";
import { createBot } from "./client.ts";

test("a bot joins a team, counts its messages and answers a healthcheck", async () => {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const heard: string[] = [];
  let global: { send(text: string): void } | undefined;
  let team: { send(text: string): void } | undefined;
  network.listen("ws://server", ({ path }) => (socket) => {
    const say = (message: object): void => void socket.send(JSON.stringify(message));
    say({ type: "hello" });
    if (path === "/global") global = { send: (text) => void socket.send(text) };
    else team = { send: (text) => void socket.send(text) };
    if (path === "/global") say({ type: "team.join", team_id: 1 });
    return {
      onFrame: (frame) => {
        heard.push(String(frame));
        if (String(frame).includes("team.connect"))
          say({
            type: "team.connect",
            team_id: 1,
            ws_url: "http://server/team/1",
          });
      },
      onClose: () => {},
    };
  });
  const bot = createBot({
    url: "ws://server/global",
    socket: network.socket,
    clock,
  });
  const texts: string[] = [];
  bot.on("team.message", ({ teamId, text }) => texts.push(`${teamId} ${text}`));
  const started = bot.start();
  await clock.advance(100);
  await started;
  team?.send(JSON.stringify({ type: "message", text: "my props" }));
  team?.send("garbage");
  await clock.advance(10);
  global?.send(JSON.stringify({ type: "healthcheck" }));
  await clock.advance(10);
  expect(texts).toEqual(["1 my props"]);
  expect(heard).toEqual([
    '{"type":"team.connect","team_id":1}',
    '{"type":"healthcheck","stats":[{"id":1,"connected":true,"message_count":1,"props_count":1}]}',
  ]);
  expect(bot.stats().totals).toMatchObject({
    joined: 1,
    connected: 1,
    invalid: 1,
  });
  global?.send(JSON.stringify({ type: "goodbye" }));
  await clock.advance(1500);
  await expect(bot.closed).resolves.toEqual({ reason: "goodbye" });
  expect(clock.pending).toBe(0);
});
