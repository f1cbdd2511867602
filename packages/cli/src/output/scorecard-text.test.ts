import type { ServedTeamRow, TeamStats } from "@holdfast/core/rtm";
import { expect, test } from "vitest";
import { type Evidence, score } from "../rtm/scorecard.ts";
import { palette } from "./palette.ts";
import { scorecardText } from "./scorecard-text.ts";

const none = { count: 0, p50Ms: null, p99Ms: null, worstMs: null };
const times = { count: 2, p50Ms: 120.4, p99Ms: 3200, worstMs: 3200 };

/** A card of so many teams, each with as many messages as its id, and what the client claims of them. */
function cardOf(teams: number, claim: (row: TeamStats) => TeamStats, change: Partial<Evidence> = {}): string {
  const ids = Array.from({ length: teams }, (_, index) => index + 1);
  const sent: ServedTeamRow[] = ids.map((id) => ({
    ...{ id, sent: id, props: 1, missed: 0, sockets: 1, connects: 1 },
  }));
  const card = score({
    ...{ seconds: 12, seed: 7, clients: 1, sent, unsettled: undefined, duplicates: new Map() },
    claim: ids.map((id) => claim({ id, connected: true, message_count: id, props_count: 1 })),
    faults: { drop: 3, mute: 0, garbage: 5, refuse: 0, flap: 0 },
    reconnects: { ...times, unfinished: 0, byFault: { drop: times } },
    mistakes: {
      ...{ frame: 0, type: 0, ask: 0, address: 0, backwards: 0, ahead: 0 },
      ...{ unanswered: 0, dropped: 0, left: 0, lingering: 0, unproven: 0 },
    },
    ...change,
  });
  return scorecardText(card, palette(false), 100);
}

test("a few teams get a row each", () => {
  const text = cardOf(2, (row) => row);
  expect(text).toMatch(/^ 2 +2 +2 +1 +1 +yes +yes +✓$/m);
  expect(text).toMatch(/^ drop +3 +2 +120 ms +3\.2 s +3\.2 s$/m);
  expect(text).toMatch(/^ garbage +5 +– +– +– +–$/m);
  expect(text).not.toContain("mute");
  expect(text).toContain("✓ passed  2 teams, nothing lost, no duplicate sockets  12 s, seed 7");
});

test("many teams stand side by side within the width, and what is wrong gets a row, too", () => {
  const text = cardOf(200, (row) => (row.id === 150 ? { ...row, message_count: 149 } : row));
  for (const part of ["  7     7/7 1/1", "150 150/149 1/1", "✗ failed", "✗ 1 message lost, in 1 team"]) {
    expect(text).toContain(part);
  }
  expect(text).toMatch(/^ 150 +150 +149 +1 +1 +yes +yes +✗$/m);
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});

test("of very many teams only those are named with which something is wrong", () => {
  const text = cardOf(5000, (row) => (row.id === 4000 ? { ...row, props_count: 2 } : row));
  expect(text).toContain("4000 4000/4000 1/2");
  expect(text).toContain("4,999 teams more");
  expect(text.split("\n").length).toBeLessThan(40);
});

test("a run without faults, or without a client, still has a card", () => {
  const faults = { drop: 0, mute: 0, garbage: 0, refuse: 0, flap: 0 };
  const reconnects = { ...none, unfinished: 0, byFault: {} };
  expect(cardOf(2, (row) => row, { faults, reconnects })).not.toContain("fault ");
  const text = cardOf(2, (row) => row, { clients: 0, claim: undefined });
  expect(text).toContain("✗ No client came");
  expect(text).toMatch(/^ 1 +1 +– +1 +– +yes +– +✗$/m);
});

test("mistakes of the client are named", () => {
  const mistakes = {
    ...{ frame: 2, type: 0, ask: 0, address: 0, backwards: 0, ahead: 0 },
    ...{ unanswered: 1, dropped: 0, left: 0, lingering: 0, unproven: 0 },
  };
  expect(cardOf(1, (row) => row, { mistakes })).toContain("Mistakes of the client: frame 2, unanswered 1");
});
