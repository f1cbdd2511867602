import { Emitter } from "@holdfast/core";
import type { BotEvents } from "@holdfast/core/rtm";
import { createManualClock, type ManualClock } from "@holdfast/core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { palette } from "../output/palette.ts";
import { Monitor } from "./monitor.ts";
import { statusOf } from "./plain-lines.ts";
import { view } from "./view.ts";

let clock: ManualClock;
let bot: Emitter<BotEvents>;
let monitor: Monitor;

beforeEach(() => {
  clock = createManualClock();
  bot = new Emitter((error) => expect.unreachable(error.message));
  monitor = new Monitor(bot, clock, 3);
});

const abnormal = { kind: "abnormal", message: "Connection ended without a close code" } as const;
const message = (teamId: number | string, text: string): void =>
  bot.emit("team.message", { teamId, text, message: { text } });
const drawn = (columns: number = 100, rows: number = 40): string[] =>
  view(monitor.picture(), { title: "ws://host/global", colours: palette(false), columns, rows }).split("\n");

/** Three teams: one up, one waiting to retry, one on its way. */
async function someTeams(): Promise<void> {
  for (const teamId of [1, 2, 3]) bot.emit("team.joined", { teamId });
  bot.emit("global.connected", { connects: 1 });
  bot.emit("team.connected", { teamId: 1, connects: 1 });
  bot.emit("team.connected", { teamId: 2, connects: 1 });
  bot.emit("team.pong", { teamId: 1, latencyMs: 3.21 });
  bot.emit("team.pong", { teamId: 2, latencyMs: 9 });
  bot.emit("team.disconnected", { teamId: 2, cause: abnormal, retryInMs: 2000, wasConnected: true });
  await clock.advance(1000);
}

describe("the monitor", () => {
  test("knows the teams by state", async () => {
    await someTeams();
    const teams = { joined: 3, connected: 1, waiting: 1, connecting: 1, left: 0 };
    expect(monitor.picture().teams).toEqual(teams);
    await clock.advance(1500);
    expect(monitor.picture().teams).toEqual({ ...teams, waiting: 0, connecting: 2 });
    bot.emit("team.connected", { teamId: 2, connects: 2 });
    bot.emit("team.left", { teamId: 3 });
    expect(monitor.picture().teams).toEqual({ joined: 2, connected: 2, waiting: 0, connecting: 0, left: 1 });
    expect(monitor.picture().reconnects).toBe(1);
  });

  test("a lost team has no ping, and the slowest come first", async () => {
    await someTeams();
    bot.emit("team.connected", { teamId: 3, connects: 1 });
    bot.emit("team.pong", { teamId: 3, latencyMs: 50 });
    expect(monitor.picture().slowest).toEqual([
      { teamId: 3, latencyMs: 50 },
      { teamId: 1, latencyMs: 3.21 },
    ]);
  });

  test("keeps only the newest messages, and not more of each than is shown", () => {
    for (const text of ["one", "two", "three", "x".repeat(10_000)]) message(1, text);
    const { newest, messages, props } = monitor.picture();
    expect(newest.map(({ text }) => text.slice(0, 5))).toEqual(["xxxxx", "three", "two"]);
    expect(newest[0]?.text).toHaveLength(500);
    expect([messages.total, props.total]).toEqual([4, 0]);
  });
});

describe("the view", () => {
  test("tells what there is to tell", async () => {
    await someTeams();
    message("a-team", "mad props");
    bot.emit("invalid", { reason: "x", sample: "y" });
    await clock.advance(500);
    const text = drawn().join("\n");
    for (const part of [
      ...["ws://host/global  0:01", "1 of 3 up · 1 connecting · 1 waiting to retry", "connected"],
      ...["1 in all", "lost: abnormal 1", "1 invalid · 0 of unknown type"],
      ...["Slowest pings", "3.2 ms", "a-team mad props"],
    ]) {
      expect(text).toContain(part);
    }
  });

  test.each([20, 40, 60, 72, 73, 80, 120, 300])(
    "stays within %i columns, whatever it is told",
    async (columns) => {
      await someTeams();
      message("\u001b[31m-a-team-with-a-very-long-name", `\u001b[2J\u0007${"日本語 props\n".repeat(50)}`);
      bot.emit("team.joined", { teamId: "\u009b2J" });
      bot.emit("team.connected", { teamId: "\u009b2J", connects: 1 });
      bot.emit("team.pong", { teamId: "\u009b2J", latencyMs: 1e9 });
      for (let index = 0; index < 20_000; index++) message(1, "props");
      message("t", `\u001b[2J\u0007${"日本語 props\n".repeat(50)}`);
      for (const line of drawn(columns)) {
        expect(line).not.toMatch(/\p{Cc}/u);
        const wide = line.match(/[日本語]/gu)?.length ?? 0;
        // Narrower than 40 it wraps: nothing could be read there.
        expect(line.length + wide).toBeLessThanOrEqual(Math.max(columns - 1, 40));
      }
    },
  );

  test("gives up lines of its lists to stay within the rows", async () => {
    await someTeams();
    for (let index = 0; index < 10; index++) message(1, "text");
    expect(drawn(100, 40)).toHaveLength(17);
    expect(drawn(100, 16).length).toBeLessThanOrEqual(16);
  });
});

test("a status line has the same figures", async () => {
  await someTeams();
  message(1, "props");
  await clock.advance(1000);
  expect(statusOf(monitor.picture())).toBe(
    "1 of 3 teams up, 0.5 messages/s (1), 0.5 props/s (1), 0 reconnects",
  );
});
