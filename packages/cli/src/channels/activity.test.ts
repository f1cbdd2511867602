import type { ChannelServer } from "@holdfast/core/channels";
import { createChannelServer } from "@holdfast/core/channels";
import { createManualClock, type ManualClock } from "@holdfast/core/testing";
import { expect, test } from "vitest";
import { Activity, healthLine } from "./activity.ts";

function watched(): { clock: ManualClock; server: ChannelServer; lines: string[]; activity: Activity } {
  const clock = createManualClock();
  const server = createChannelServer({ clock });
  const lines: string[] = [];
  return { clock, server, lines, activity: new Activity(server, clock, (line) => lines.push(line)) };
}

test("ten lines a second are written, and what is over is counted", async () => {
  const { clock, server, lines, activity } = watched();
  for (let n = 1; n <= 1_000; n++) await server.emit("news", n);
  expect(lines).toHaveLength(10);
  expect(lines[0]).toMatch(/^news: evt_\S+ delivered to 0 listeners$/);
  await clock.advance(1_000);
  expect(lines.slice(10)).toEqual(["… and more within a second: emitted 990"]);
  await server.emit("news", 1);
  expect(lines).toHaveLength(12);
  activity.end();
  expect(lines).toHaveLength(12);
  await server.close();
});

test("S16 who was refused is told with the option that decides it, as briefly as anything else", async () => {
  const clock = createManualClock();
  const server = createChannelServer({ clock, authorize: () => "unauthenticated" });
  const lines: string[] = [];
  const activity = new Activity(server, clock, (line) => lines.push(line));
  const ask = (origin?: string): Promise<Response> =>
    server.fetch(new Request("http://h/news/members", { headers: origin ? { origin } : {} }), "127.0.0.1");
  await ask("http://127.0.0.1:3000");
  await ask("http://\u001b[2J");
  for (let n = 1; n <= 20; n++) await ask();
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe("refused: BAD_ORIGIN http://127.0.0.1:3000 (see --origin)");
  expect(lines[2]).toBe("refused: UNAUTHORIZED 127.0.0.1 at news (see --token)");
  activity.end();
  expect(lines.slice(10)).toEqual(["… and more within a second: refused 12"]);
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
  await server.close();
});

test("the end tells what was only counted, and leaves no timer", async () => {
  const { clock, server, lines, activity } = watched();
  for (let n = 1; n <= 12; n++) await server.emit("news", n);
  await server.close();
  activity.end();
  expect(lines.at(-1)).toBe("… and more within a second: emitted 2");
  expect(clock.pending).toBe(0);
});

test("S25 a channel's name and a store's error act on no terminal", async () => {
  const { server, lines } = watched();
  await server.emit("\u202e\u200bnews", 1);
  lines.push(
    healthLine({ status: "degraded", backplane: { ok: true }, store: { ok: false, error: "\u001b[2J" } }),
  );
  expect(lines.join("")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(lines[1]).toBe("Degraded: store: \\u{1b}[2J; events are delivered, and not kept");
  await server.close();
});

test("health is told in one line", () => {
  const works = { ok: true };
  expect(healthLine({ status: "ok", backplane: works, store: works })).toBe("Everything works again");
  expect(healthLine({ status: "degraded", backplane: { ok: false }, store: works })).toBe(
    "Degraded: backplane: it fails",
  );
});
