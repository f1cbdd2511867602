import { type Bot, createBot, createRtmServer, type RtmServer } from "@holdfast/core/rtm";
import {
  createManualClock,
  createTestNetwork,
  type ManualClock,
  type TestNetwork,
} from "@holdfast/core/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Fuzzing } from "./fuzzing.ts";
import { NESTINGS, nested } from "./hostile.ts";
import { BOT_REGRESSIONS } from "./regressions.ts";
import { frames } from "./rtm-frames.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

const fuzzing = new Fuzzing("bot");
const MAX_BYTES = 2_048;
/** What a report of a bot may be at most, in characters: a peer's text in it is clipped. */
const MAX_REPORT = 1_000;

interface Heard {
  readonly samples: string[];
  readonly reports: string[];
}

interface Bench {
  readonly clock: ManualClock;
  readonly network: TestNetwork;
  readonly server: RtmServer;
  readonly bot: Bot;
  readonly heard: Heard;
}

/** A bot with one team at a server, over a network in memory on a manual clock. */
async function setUp(maxMessageBytes = MAX_BYTES): Promise<Bench> {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const server = createRtmServer({ url: "ws://server", clock });
  network.listen("ws://server", server.accept);
  server.addTeam(1);
  const url = "ws://server/global";
  const bot = createBot({ url, socket: network.socket, clock, maxMessageBytes, random: () => 0.5 });
  const heard: Heard = { samples: [], reports: [] };
  bot.on("invalid", ({ sample, reason }) => {
    heard.samples.push(sample);
    heard.reports.push(reason);
  });
  bot.on("error", ({ message }) => void heard.reports.push(message));
  bot.on("team.disconnected", ({ cause }) => void heard.reports.push(cause.message));
  void bot.start();
  await clock.advance(20);
  expect(bot.stats().totals.connected).toBe(1);
  return { clock, network, server, bot, heard };
}

async function tearDown({ clock, network, server, bot }: Bench): Promise<void> {
  await clock.until(bot.close());
  await server.close();
  await clock.settle();
  expect([bot.stats().totals.timers, network.live()]).toEqual([0, 0]);
}

type Said = readonly ["/global" | "/team/", string | Uint8Array];

const said: fc.Arbitrary<Said> = fc.oneof(
  fc.tuple(fc.constant("/global" as const), frames("global.server")),
  fc.tuple(fc.constant("/team/" as const), frames("team.server")),
);

const verdictIn = ([where, frame]: Said, maxBytes = MAX_BYTES): Verdict =>
  verdictOf(frame, maxBytes, where === "/global" ? "global.server" : "team.server");

/** What ends the run or the one team, and rightly so, has tests of its own. */
function ends(verdict: Verdict, [where]: Said): boolean {
  if (verdict.kind !== "message") return false;
  if (where === "/team/") return verdict.type === "team.left";
  return verdict.type === "goodbye" || (verdict.type === "team.left" && verdict.message.team_id === 1);
}

/** Says it all to the bot and holds its counts, its reports and its healthcheck against what was said. */
async function hold(bench: Bench, all: readonly Said[], maxBytes = MAX_BYTES): Promise<void> {
  const { clock, network, server, bot, heard } = bench;
  const truth = { message: 0, props: 0, invalid: 0, unknown: 0 };
  const before = bot.stats();
  const joined = new Set(before.teams.map(({ id }) => id));
  for (const one of all) {
    const verdict = verdictIn(one, maxBytes);
    if (ends(verdict, one)) continue;
    fuzzing.inputs++;
    expect(network.say(...one)).toBe(1);
    if (verdict.kind !== "message") truth[verdict.kind]++;
    else if (one[0] === "/team/" && verdict.type === "message") {
      truth.message++;
      if (String(verdict.message.text).includes("props")) truth.props++;
    } else if (verdict.type === "team.join") joined.add(verdict.message.team_id as string | number);
  }
  // Behind all that: a valid message still gets through on both connections.
  network.say("/team/", '{"type":"message","text":"props at last"}');
  network.say("/global", '{"type":"team.join","team_id":"last"}');
  joined.add("last");
  // There, and back: what a healthcheck among the frames is answered with is no answer to the one below.
  await clock.advance(2);

  const { teams, totals } = bot.stats();
  const first = before.teams[0];
  expect(teams.find(({ id }) => id === 1)).toEqual({
    ...{ id: 1, connected: true },
    message_count: (first?.message_count ?? 0) + truth.message + 1,
    props_count: (first?.props_count ?? 0) + truth.props + 1,
  });
  expect(totals.invalid - before.totals.invalid).toBe(truth.invalid);
  expect(totals.unknown - before.totals.unknown).toBe(truth.unknown);
  expect(totals).toMatchObject({ globalConnected: true, globalReconnects: 0, teamReconnects: 0 });
  expect(new Set(teams.map(({ id }) => id))).toEqual(joined);
  expect(heard.samples.length).toBe(totals.invalid);
  for (const sample of heard.samples) expect(sample.length).toBeLessThanOrEqual(201);

  const asked = server.healthcheck();
  await clock.advance(2);
  expect(await asked).toEqual(JSON.parse(JSON.stringify(bot.stats().teams)));
  for (const report of heard.reports) expect(report.length).toBeLessThanOrEqual(MAX_REPORT);
}

it("D11 D9 C63 C64 C65 S22 S24 whatever a server says, a bot counts what is valid, reports the rest and stays", async () => {
  await fuzzing.check(
    1_000,
    fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 110, size: "max" }), async (all) => {
      const bench = await setUp();
      await hold(bench, all);
      await tearDown(bench);
    }),
    BOT_REGRESSIONS.map((all) => [all as Said[]]),
  );
});

it.each(NESTINGS)("S21 200,000 levels of %s do a bot no harm", async (kind) => {
  const maxBytes = 4_194_304;
  const bench = await setUp(maxBytes);
  const deep = nested(200_000, kind);
  const all: Said[] = [
    ["/global", deep],
    ["/global", `{"type":"error","message":"x","received_message":${deep}}`],
    ["/global", `{"type":"team.join","team_id":${deep}}`],
    ["/global", `{"type":"strange","__proto__":${deep}}`],
    ["/team/", `{"type":${deep}}`],
    ["/team/", `{"type":"hello","further":${deep}}`],
    ["/team/", `{"type":"message","text":${deep}}`],
    ["/team/", `{"type":"message","text":"props","further":${deep}}`],
  ];
  await hold(bench, all, maxBytes);
  await tearDown(bench);
});

it("C66 a bot takes a frame up to its limit, and reports the next byte", async () => {
  const bench = await setUp();
  const frame = (text: string): string => `{"type":"message","text":"${text}"}`;
  const room = MAX_BYTES - frame("").length;
  const texts = ["a".repeat(room), "a".repeat(room + 1), `${"é".repeat(room / 2)}`, "é".repeat(room / 2 + 1)];
  await hold(
    bench,
    [...texts, "x".repeat(1_000_000)].map((text): Said => ["/team/", frame(text)]),
  );
  await tearDown(bench);
});

it("all of its share of inputs was tried", () => fuzzing.expectShare());
