// A test of one's own bot: the real bot and the real server half, no network, and an hour in milliseconds.
//   npm run build
//   npx tsx --test examples/test-your-bot.ts
import assert from "node:assert/strict";
import { test } from "node:test";
import { createManualClock, createTestNetwork, seededRandom } from "@holdfast/core/testing";
import { type BotOptions, createBot, createRtmServer, type TeamId } from "@holdfast/node";

/** The bot under test, made in a function that takes the options: its program passes a URL, the test its own hands. */
function createGreeter(options: BotOptions) {
  const bot = createBot(options);
  const greeted = new Map<TeamId, number>();
  bot.on("team.message", ({ teamId, text }) => {
    if (text.startsWith("hello")) greeted.set(teamId, (greeted.get(teamId) ?? 0) + 1);
  });
  return { bot, greeted };
}

async function setUp() {
  const clock = createManualClock();
  const network = createTestNetwork({ clock, latencyMs: 20 });
  const server = createRtmServer({ url: "ws://server", clock });
  network.listen("ws://server", server.accept);
  server.addTeam("red");
  const options = { url: "ws://server/global", socket: network.socket, clock, random: seededRandom(7) };
  const greeter = createGreeter(options);
  void greeter.bot.start();
  await clock.until(greeter.bot.once("team.connected"));
  return { clock, network, server, ...greeter };
}

test("greetings are counted by team, and nothing else is", async () => {
  const { clock, server, bot, greeted } = await setUp();
  for (const text of ["hello", "hello again", "goodbye"]) server.send("red", text);
  await clock.advance(20);
  assert.deepEqual([...greeted], [["red", 2]]);
  await clock.until(bot.close());
});

test("a team that goes mute is found out in time, and the count goes on", async () => {
  const { clock, network, server, bot, greeted } = await setUp();
  server.send("red", "hello");
  await clock.advance(20);
  network.mute("/team/");
  const { cause } = await clock.until(bot.once("team.disconnected"), { withinMs: 41_000 });
  assert.equal(cause.kind, "mute");
  await clock.until(bot.once("team.connected"));
  server.send("red", "hello, are you back?");
  await clock.advance(20);
  assert.deepEqual([...greeted], [["red", 2]]);
  await clock.until(bot.close());
  assert.equal(network.live(), 0);
});
