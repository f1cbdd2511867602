import assert from "node:assert/strict";
import { createRtmServer, globalProtocol, type RtmServer } from "@holdfast/core/rtm";
import { createManualClock, createTestNetwork, type ManualClock } from "@holdfast/core/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Fuzzing } from "./fuzzing.ts";
import { NESTINGS, nested } from "./hostile.ts";
import { SERVER_REGRESSIONS } from "./regressions.ts";
import { frames } from "./rtm-frames.ts";
import { isTeamId, type Verdict, verdictOf } from "./verdict.ts";

const fuzzing = new Fuzzing("server");
const MAX_BYTES = 2_048;
/** What a bot takes by default, in bytes: an answer over it would be no answer. */
const MAX_ANSWER = 1_048_576;

type Frame = string | Uint8Array;
type Said = readonly ["global" | "team", Frame];

interface Client {
  readonly heard: Frame[];
  closed: boolean;
  send(frame: Frame): void;
}

interface Bench {
  readonly clock: ManualClock;
  readonly server: RtmServer;
  readonly clients: Readonly<Record<Said[0], Client>>;
}

/** A server, and a raw client on its global connection and on a team's. */
async function setUp(maxMessageBytes = MAX_BYTES): Promise<Bench> {
  const clock = createManualClock();
  const network = createTestNetwork({ clock });
  const server = createRtmServer({ url: "ws://server", clock, maxMessageBytes });
  network.listen("ws://server", server.accept);
  server.addTeam(1);
  const dial = async (address: string): Promise<Client> => {
    const client: Client = { heard: [], closed: false, send: (frame) => void socket.send(frame) };
    const handler = {
      onFrame: (frame: Frame) => void client.heard.push(frame),
      onClose: () => {
        client.closed = true;
      },
    };
    const socket = await clock.until(
      network.socket(address, handler, { signal: new AbortController().signal }),
    );
    await clock.advance(2);
    return client;
  };
  const global = await dial("ws://server/global");
  global.send('{"type":"team.connect","team_id":1}');
  await clock.advance(2);
  const { ws_url } = JSON.parse(String(global.heard.at(-1))) as { ws_url: string };
  return { clock, server, clients: { global, team: await dial(ws_url) } };
}

/** What the server answers a frame with, by decisions 12 to 14 of the wire document. */
function answerOf([where]: Said, verdict: Verdict): "error" | "team.connect" | "pong" | undefined {
  if (verdict.kind !== "message") return "error";
  if (where === "team") return verdict.type === "ping" ? "pong" : "error";
  if (verdict.type === "healthcheck") return undefined;
  return verdict.type === "team.connect" && verdict.message.team_id === 1 ? "team.connect" : "error";
}

/** As JSON has it: `-0` is written as `0`. */
const written = (value: unknown): string | undefined => JSON.stringify(value);

/** Sends it all, and holds each answer against what was sent. */
async function hold(
  { clock, server, clients }: Bench,
  all: readonly Said[],
  maxBytes = MAX_BYTES,
): Promise<void> {
  const mistakes = (): number =>
    Object.values(server.stats().mistakes).reduce((sum, count) => sum + count, 0);
  const before = mistakes();
  let wrong = 0;
  for (const { heard } of Object.values(clients)) heard.length = 0;
  const due: Array<{ said: Said; verdict: Verdict; answer: string }> = [];
  for (const said of all) {
    fuzzing.inputs++;
    clients[said[0]].send(said[1]);
    const verdict = verdictOf(said[1], maxBytes, "global.client", "team.client");
    const answer = answerOf(said, verdict);
    if (answer === "error") wrong++;
    if (answer !== undefined) due.push({ said, verdict, answer });
  }
  // Behind all that: both connections still work.
  clients.global.send('{"type":"team.connect","team_id":1}');
  clients.team.send('{"type":"ping","unique_id":"last"}');
  await clock.advance(1);
  await clock.advance(1);

  expect([clients.global.closed, clients.team.closed]).toEqual([false, false]);
  expect(mistakes() - before).toBe(wrong);
  const fits = globalProtocol.server.validators.get("error");
  for (const { said, verdict, answer } of due) {
    const frame = clients[said[0]].heard.shift() ?? "";
    assert.ok(frame.length <= MAX_ANSWER, `${frame.length} characters`);
    const way = said[0] === "global" ? "global.server" : "team.server";
    const told = JSON.parse(String(frame)) as Record<string, unknown>;
    assert.equal(told.type, answer);
    if (answer !== "error") {
      assert.equal(verdictOf(frame, MAX_ANSWER, way).kind, "message");
      if (answer === "pong" && verdict.kind === "message")
        assert.equal(written(told.unique_id), written(verdict.message.unique_id));
      continue;
    }
    // An error is a message of the global connection; a team's has the same shape.
    const checked = fits?.(told);
    assert.ok(checked && "value" in checked && checked.issues === undefined);
    assert.equal(verdictOf(frame, MAX_ANSWER, "global.server").kind, "message");
    assert.ok("received_message" in told);
    const named = verdict.kind === "invalid" ? undefined : verdict.message.team_id;
    // An id that fills the frame is no name of a team: the error may go without it.
    if (typeof named === "string" && named.length > MAX_BYTES) continue;
    const known = isTeamId(named) ? named : said[0] === "team" ? 1 : undefined;
    assert.equal(written(told.team_id), written(known));
  }
  expect(JSON.parse(String(clients.global.heard.shift()))).toMatchObject({
    type: "team.connect",
    team_id: 1,
  });
  expect(JSON.parse(String(clients.team.heard.shift()))).toEqual({ type: "pong", unique_id: "last" });
  expect([clients.global.heard, clients.team.heard]).toEqual([[], []]);
}

const said: fc.Arbitrary<Said> = fc.oneof(
  fc.tuple(fc.constant("global" as const), frames("global.client")),
  fc.tuple(fc.constant("team" as const), frames("team.client")),
);

it("D13 D14 S22 S24 whatever a client says, it gets one answer that is a message, and stays", async () => {
  await fuzzing.check(
    1_000,
    fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 110, size: "max" }), async (all) => {
      const bench = await setUp();
      await hold(bench, all);
      await bench.server.close();
    }),
    SERVER_REGRESSIONS.map((all) => [all as Said[]]),
  );
});

it.each(NESTINGS)(
  "D13 S21 %s of any depth up to 200,000 are answered, and the server goes on",
  async (kind) => {
    const maxBytes = 4_194_304;
    const bench = await setUp(maxBytes);
    for (const depth of [1_000, 6_000, 200_000]) {
      const deep = nested(depth, kind);
      const all: Said[] = [
        ["global", deep],
        ["team", `{"type":"strange","a":${deep}}`],
        ["global", `{"type":"strange","a":${deep}}`],
        ["team", `{"type":"strange","team_id":${deep}}`],
        ["global", `{"type":${deep}}`],
        ["team", `{"type":"ping","unique_id":1,"a":${deep}}`],
        ["global", `{"type":"ping","unique_id":1,"a":${deep}}`],
        ["team", `{"type":"ping","unique_id":${deep}}`],
        ["global", `{"type":"healthcheck","stats":${deep}}`],
        ["team", `{"type":"healthcheck","stats":[],"a":${deep}}`],
        ["global", `{"type":"team.connect","team_id":7,"a":${deep}}`],
      ];
      await hold(bench, all, maxBytes);
    }
    await bench.server.close();
  },
);

it("D13 S15 an answer is never larger than what a bot takes, however large the client's message was", async () => {
  const maxBytes = 4_194_304;
  const bench = await setUp(maxBytes);
  const long = "x".repeat(4_000_000);
  const numbers = Array(800_000).fill("1e20").join(",");
  await hold(
    bench,
    [
      `{"type":"strange","a":[${numbers}]}`,
      `{"type":"${long}"}`,
      `{"type":"strange","team_id":"${long}"}`,
      `{"type":"team.connect","team_id":"${long}"}`,
      `{"type":"ping","unique_id":["${long}"]}`,
      "x".repeat(5_000_000),
    ].flatMap((frame): Said[] => [
      ["global", frame],
      ["team", frame],
    ]),
    maxBytes,
  );
  await bench.server.close();
});

it("all of its share of inputs was tried", () => fuzzing.expectShare());
