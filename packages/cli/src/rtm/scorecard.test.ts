import type { ServedTeamRow, TeamStats } from "@holdfast/core/rtm";
import { describe, expect, test } from "vitest";
import { type Evidence, type Scorecard, score } from "./scorecard.ts";

const team = (id: number, sent: number, props: number, sockets: number = 1): ServedTeamRow => ({
  ...{ id, sent, props, missed: 2, sockets, connects: 3 },
});
const claim = (
  id: number | string,
  messages: number,
  props: number,
  connected: boolean = true,
): TeamStats => ({
  ...{ id, connected, message_count: messages, props_count: props },
});
const times = { count: 0, p50Ms: null, p99Ms: null, worstMs: null };

/** The evidence of a run in which all went well, with changes. */
function scored(change: Partial<Evidence>): Scorecard {
  return score({
    ...{ seconds: 10.04, seed: 7, clients: 1, unsettled: undefined, duplicates: new Map() },
    sent: [team(1, 10, 2), team(2, 20, 3)],
    claim: [claim(1, 10, 2), claim(2, 20, 3)],
    faults: { drop: 1, mute: 1, garbage: 1, refuse: 1, flap: 1 },
    reconnects: { ...times, unfinished: 0, byFault: {} },
    mistakes: {
      ...{ frame: 0, type: 0, ask: 0, address: 0, backwards: 0, ahead: 0 },
      ...{ unanswered: 0, dropped: 0, left: 0, lingering: 0, unproven: 0 },
    },
    ...change,
  });
}

test("a run in which all agrees has passed", () => {
  const card = scored({});
  expect(card).toMatchObject({
    ...{ passed: true, problems: [], seconds: 10, seed: 7, duplicates: 0 },
    teams: { total: 2, connected: 2, agreeing: 2 },
    messages: { sent: 30, claimed: 30, lost: 0, invented: 0, noSocket: 4 },
    props: { sent: 5, claimed: 5, lost: 0, invented: 0 },
  });
  expect(card.rows[0]).toEqual({
    ...{ id: 1, sent: 10, claimed: 10, props: 2, claimedProps: 2, claimedConnected: true, connected: true },
    ...{ duplicates: 0, agrees: true },
  });
});

describe("a run fails when", () => {
  const fails = (name: string, change: Partial<Evidence>, problems: string[]): void =>
    test(name, () => {
      const card = scored(change);
      expect(card.problems).toEqual(problems);
      expect(card.passed).toBe(false);
    });

  fails("a message is lost", { claim: [claim(1, 9, 2), claim(2, 20, 3)] }, ["1 message lost, in 1 team"]);
  fails("one is claimed that was never sent", { claim: [claim(1, 10, 2), claim(2, 22, 3)] }, [
    "2 messages claimed that were never sent, in 1 team",
  ]);
  fails("one is lost and another invented", { claim: [claim(1, 9, 2), claim(2, 21, 3)] }, [
    "1 message lost, in 1 team",
    "1 message claimed that was never sent, in 1 team",
  ]);
  fails("props are counted wrong", { claim: [claim(1, 10, 3), claim(2, 20, 2)] }, [
    "props_count is wrong in 2 teams",
  ]);
  fails("a team is missing", { claim: [claim(2, 20, 3)] }, [
    "10 messages lost, in 1 team",
    "1 team missing in the healthcheck",
  ]);
  fails("an id comes back as another type", { claim: [claim("1", 10, 2), claim(2, 20, 3)] }, [
    "10 messages lost, in 1 team",
    "1 team missing in the healthcheck",
    "1 row of the healthcheck names no team of this server",
  ]);
  fails("a team is named twice", { claim: [claim(1, 10, 2), claim(1, 10, 2), claim(2, 20, 3)] }, [
    "1 row of the healthcheck names a team again",
  ]);
  fails("a team has no socket", { sent: [team(1, 10, 2, 0), team(2, 20, 3)] }, [
    "1 team without a socket at the end",
    "connected is wrong in 1 team",
  ]);
  fails("a team that has one is called not connected", { claim: [claim(1, 10, 2, false), claim(2, 20, 3)] }, [
    "connected is wrong in 1 team",
  ]);
  fails("there were duplicate sockets", { duplicates: new Map([[1, 2]]) }, [
    "2 duplicate sockets, in 1 team",
  ]);
  fails("the client did not come to rest", { unsettled: "1 team has no socket" }, [
    "The client did not come to rest: 1 team has no socket",
  ]);
  fails("there is no final healthcheck", { claim: undefined, unsettled: "Request got no reply in time" }, [
    "No final healthcheck: Request got no reply in time",
  ]);
  fails("no client came", { clients: 0, claim: undefined, unsettled: "x" }, ["No client came"]);
});

test("what one team lost is not made up for by what another invented", () => {
  const card = scored({ claim: [claim(1, 9, 2), claim(2, 21, 3)] });
  expect(card.messages).toMatchObject({ sent: 30, claimed: 30, lost: 1, invented: 1 });
  expect(card.teams.agreeing).toBe(0);
});

test("mistakes alone do not fail a run", () => {
  const { mistakes } = scored({});
  expect(scored({ mistakes: { ...mistakes, frame: 5, left: 2, unanswered: 1 } }).passed).toBe(true);
});

test("a server without teams has nothing to lose", () => {
  expect(scored({ sent: [], claim: [] })).toMatchObject({ passed: true, messages: { sent: 0 } });
});
