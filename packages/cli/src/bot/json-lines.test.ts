import { createBot } from "@holdfast/core/rtm";
import { createManualClock, createTestNetwork } from "@holdfast/core/testing";
import { expect, test } from "vitest";
import type { Output } from "../output/output.ts";
import { palette } from "../output/palette.ts";
import { printJson } from "./json-lines.ts";

function recorder(): Output & { readonly lines: string[]; backlog: number } {
  const lines: string[] = [];
  return {
    ...{ lines, backlog: 0, columns: 100, rows: 24, canDraw: false, colours: palette(false) },
    line: (text) => lines.push(text) > 0,
    note: () => {},
    onGone: () => {},
  };
}

/** A bot with one team that is sent `frames`, told to `output`. */
async function runBot(
  output: Output,
  frames: readonly string[],
  before: () => void = () => {},
): Promise<void> {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  network.listen("ws://server", ({ path }) => (socket) => {
    socket.send('{"type":"hello"}');
    if (path === "/global") socket.send('{"type":"team.join","team_id":"t"}');
    else for (const frame of frames) socket.send(frame);
    const address = '{"type":"team.connect","team_id":"t","ws_url":"ws://server/t"}';
    return { onFrame: () => void socket.send(address), onClose: () => {} };
  });
  const bot = createBot({ url: "ws://server/global", socket: network.socket, clock });
  const finish = printJson(bot, output);
  void bot.start();
  await clock.advance(3);
  before();
  await clock.advance(100);
  void bot.close();
  await clock.advance(5000);
  finish(await bot.closed);
}

test("each event is one line with its fields, and the last is closed", async () => {
  const output = recorder();
  await runBot(output, ['{"type":"message","text":"props\\u001b[2J\\n"}', "garbage", '{"type":"new"}']);
  const events = output.lines.map((line) => JSON.parse(line));
  expect(events.map(({ event }) => event)).toEqual([
    ...["global.connected", "team.joined", "team.connected", "team.message", "invalid", "unknown", "closed"],
  ]);
  expect(events[3]).toMatchObject({ teamId: "t", text: "props\u001b[2J\n" });
  expect(new Date(events[3].at).toISOString()).toBe(events[3].at);
  expect(events.at(-1)).toMatchObject({ reason: "closed", totals: { messages: 1, props: 1, invalid: 1 } });
  expect(output.lines.join("")).not.toMatch(/\p{Cc}/u);
});

test("lines that nobody reads are left out and counted", async () => {
  const output = recorder();
  await runBot(output, ['{"type":"message","text":"x"}'], () => {
    output.backlog = 1e9;
  });
  const events = output.lines.map((line) => JSON.parse(line));
  const omitted = events.find(({ event }) => event === "omitted");
  expect(omitted?.count).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ event: "closed", totals: { messages: 1 } });
});
