import type { Mistake, ServedTeamRow, TeamId, TeamStats } from "@holdfast/core/rtm";
import type { ClaimMistakes } from "./claims.ts";
import type { FaultKind } from "./fault-rates.ts";
import type { ReconnectTimes } from "./outages.ts";
import { findProblems } from "./problems.ts";

/** One team: what it was sent against what the client claims; `null` where the client claims nothing. */
export interface ScoreRow {
  /** The team. */
  readonly id: TeamId;
  /** Messages it was sent. */
  readonly sent: number;
  /** Messages the client claims for it. */
  readonly claimed: number | null;
  /** Those sent with `props` in their text. */
  readonly props: number;
  /** Those the client claims. */
  readonly claimedProps: number | null;
  /** Whether the client calls it connected. */
  readonly claimedConnected: boolean | null;
  /** Whether it has a socket on the server. */
  readonly connected: boolean;
  /** Second sockets that were open together with an older one. */
  readonly duplicates: number;
  /** Whether the client's row says what is so, and the team is connected. */
  readonly agrees: boolean;
}

/** What a client did that it should not have done. None of it fails a run by itself. */
export interface ClientMistakes extends Readonly<Record<Mistake["kind"], number>>, ClaimMistakes {
  /** Healthchecks that were not answered in time. */
  readonly unanswered: number;
  /** Sockets that were dropped because the client did not read, or was mute. */
  readonly dropped: number;
  /** Team sockets that the client ended although nothing was wrong with them. */
  readonly left: number;
  /**
   * Sockets that a fault had chosen or muted and that the client still had open when the team's next one was let in.
   * A browser or Deno cannot drop a socket; whoever can has no reason to keep one.
   */
  readonly lingering: number;
  /** Pings that a fault or the end had to do without an answer to, so that nothing is proven of what was sent. */
  readonly unproven: number;
}

/** What a run has come to. */
export interface Scorecard {
  /** Nothing lost, nothing twice, and a final healthcheck that agrees. */
  readonly passed: boolean;
  /** What was wrong, one line each; empty when it passed. */
  readonly problems: readonly string[];
  /** How long there was traffic, in seconds. */
  readonly seconds: number;
  /** What repeats its random choices. */
  readonly seed: number;
  /** Teams: all, those with a socket at the end, and those whose row agrees. */
  readonly teams: { readonly total: number; readonly connected: number; readonly agreeing: number };
  /** Messages. `noSocket` counts those that were not sent because their team had no socket just then. */
  readonly messages: Tally & { readonly noSocket: number };
  /** Messages with `props` in their text. */
  readonly props: Tally;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** From a fault to the team's next socket that lasts. */
  readonly reconnects: ReconnectTimes;
  /** Second sockets that were open together with an older one of the same team. */
  readonly duplicates: number;
  /** What the client did that it should not have done. */
  readonly mistakes: ClientMistakes;
  /** Each team. */
  readonly rows: readonly ScoreRow[];
}

/** Sent against claimed, over all teams; what one team lost is not made up for by what another invented. */
export interface Tally {
  /** What live, unmuted sockets took. */
  readonly sent: number;
  /** What the client claims. */
  readonly claimed: number;
  /** Sent, and not claimed. */
  readonly lost: number;
  /** Claimed, and never sent. */
  readonly invented: number;
}

/** What is known at the end of a run. */
export interface Evidence {
  readonly seconds: number;
  readonly seed: number;
  /** Global connections that there were. */
  readonly clients: number;
  readonly sent: readonly ServedTeamRow[];
  readonly claim: readonly TeamStats[] | undefined;
  /** Why the client did not come to rest; `undefined` when it did. */
  readonly unsettled: string | undefined;
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly reconnects: ReconnectTimes;
  /** Duplicate sockets by team. */
  readonly duplicates: ReadonlyMap<TeamId, number>;
  readonly mistakes: ClientMistakes;
}

/** Compares what was sent with what is claimed. */
export function score(evidence: Evidence): Scorecard {
  const { seconds, seed, sent, claim, faults, reconnects, duplicates, mistakes } = evidence;
  const claims = new Map(claim?.map((row) => [row.id, row]));
  const rows = sent.map((team) => rowOf(team, claims.get(team.id), duplicates.get(team.id) ?? 0));
  const problems = findProblems(evidence, rows);
  return {
    passed: problems.length === 0,
    problems,
    seconds: Math.round(seconds * 10) / 10,
    seed,
    teams: {
      total: rows.length,
      connected: rows.filter(({ connected }) => connected).length,
      agreeing: rows.filter(({ agrees }) => agrees).length,
    },
    messages: {
      ...tally(rows.map((row) => [row.sent, row.claimed])),
      noSocket: sum(sent.map(({ missed }) => missed)),
    },
    props: tally(rows.map((row) => [row.props, row.claimedProps])),
    faults,
    reconnects,
    duplicates: sum([...duplicates.values()]),
    mistakes,
    rows,
  };
}

function rowOf(team: ServedTeamRow, claim: TeamStats | undefined, duplicates: number): ScoreRow {
  const connected = team.sockets > 0;
  return {
    id: team.id,
    sent: team.sent,
    claimed: claim?.message_count ?? null,
    props: team.props,
    claimedProps: claim?.props_count ?? null,
    claimedConnected: claim?.connected ?? null,
    connected,
    duplicates,
    agrees:
      claim?.message_count === team.sent &&
      claim.props_count === team.props &&
      claim.connected === connected &&
      connected,
  };
}

function tally(pairs: ReadonlyArray<readonly [sent: number, claimed: number | null]>): Tally {
  return {
    sent: sum(pairs.map(([sent]) => sent)),
    claimed: sum(pairs.map(([, claimed]) => claimed ?? 0)),
    lost: sum(pairs.map(([sent, claimed]) => Math.max(0, sent - (claimed ?? 0)))),
    invented: sum(pairs.map(([sent, claimed]) => Math.max(0, (claimed ?? 0) - sent))),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
