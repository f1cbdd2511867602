import { expect, test } from "vitest";
import { encodeMessage } from "../protocol/protocol.ts";
import { HealthcheckText } from "./healthcheck-text.ts";
import { globalProtocol, type TeamId } from "./messages.ts";
import { Roster, type Team } from "./roster.ts";

const IDS: readonly TeamId[] = [
  1,
  "1",
  -0,
  0.5,
  9007199254740991,
  "",
  'q"uote',
  "line\nbreak",
  "🎉",
  "\ud800",
];

function rosterOf(ids: readonly TeamId[]): Roster {
  const roster = new Roster(10);
  for (const [at, id] of ids.entries())
    Object.assign(roster.join(id) as Team, { connected: at % 2 === 0, messages: at * 3, props: at });
  return roster;
}

function textOf(roster: Roster, slice: number): HealthcheckText {
  const text = new HealthcheckText(roster.all(), true);
  while (!text.write(slice));
  return text;
}

test.each([1, 3, 5, 10, 1_000])(
  "in slices of %i rows it is the text that the protocol would write",
  (slice) => {
    const roster = rosterOf(IDS);
    const stats = Array.from(roster.all(), (team) => team.row());
    const { text, rows } = textOf(roster, slice);
    expect(text).toBe(encodeMessage(globalProtocol.client, globalProtocol.codec, "healthcheck", { stats }));
    expect(globalProtocol.client.validators.get("healthcheck")?.(JSON.parse(text))).not.toHaveProperty(
      "issues",
    );
    expect(rows).toEqual(stats);
  },
);

test("without teams it is whole at once", () => {
  const text = new HealthcheckText([], false);
  expect(text.write(1)).toBe(true);
  expect([text.text, text.rows]).toEqual(['{"type":"healthcheck","stats":[]}', undefined]);
});

test("who comes or goes meanwhile is in it once at most, and figures are of the moment when a row is written", () => {
  const roster = new Roster(0);
  const teams = [1, 2, 3].map((id) => roster.join(id) as Team);
  const text = new HealthcheckText(roster.all(), false);
  text.write(1);
  roster.leave(1);
  roster.join(1);
  roster.join(4);
  for (const team of teams) team.messages = 7;
  while (!text.write(1));
  const { stats } = JSON.parse(text.text);
  expect(stats.map((row: { id: TeamId; message_count: number }) => [row.id, row.message_count])).toEqual([
    [1, 0],
    [2, 7],
    [3, 7],
  ]);
});
