import { plural } from "../output/units.ts";
import type { Evidence, ScoreRow } from "./scorecard.ts";

/** What is wrong when there was nobody to score. */
export const NO_CLIENT = "No client came";

/** Everything that fails a run, one line each, the gravest first. */
export function findProblems(evidence: Evidence, rows: readonly ScoreRow[]): string[] {
  const { claim, clients, unsettled } = evidence;
  if (clients === 0) return [NO_CLIENT];
  if (claim === undefined) return [`No final healthcheck: ${unsettled ?? "none was asked for"}`];
  const known = new Set(rows.map(({ id }) => id));
  const strangers = claim.filter(({ id }) => !known.has(id)).length;
  const repeats = claim.length - new Set(claim.map(({ id }) => id)).size;
  const settling = unsettled === undefined ? [] : [`The client did not come to rest: ${unsettled}`];
  return [...countProblems(rows), ...connectionProblems(rows), ...settling].concat(
    strangers > 0
      ? [`${plural(strangers, "row")} of the healthcheck ${names(strangers)} no team of this server`]
      : [],
    repeats > 0 ? [`${plural(repeats, "row")} of the healthcheck ${names(repeats)} a team again`] : [],
  );
}

function countProblems(rows: readonly ScoreRow[]): string[] {
  const claimed = rows.filter((row) => row.claimed !== null);
  const lost = amounts(rows, (row) => row.sent - (row.claimed ?? 0));
  const invented = amounts(claimed, (row) => (row.claimed ?? 0) - row.sent);
  const props = claimed.filter((row) => row.claimedProps !== row.props).length;
  const missing = rows.length - claimed.length;
  return [
    ...lost.map(({ sum, teams }) => `${plural(sum, "message")} lost, in ${plural(teams, "team")}`),
    ...invented.map(
      ({ sum, teams }) =>
        `${plural(sum, "message")} claimed that ${sum === 1 ? "was" : "were"} never sent, in ${plural(teams, "team")}`,
    ),
    ...(props > 0 ? [`props_count is wrong in ${plural(props, "team")}`] : []),
    ...(missing > 0 ? [`${plural(missing, "team")} missing in the healthcheck`] : []),
  ];
}

function connectionProblems(rows: readonly ScoreRow[]): string[] {
  const away = rows.filter(({ connected }) => !connected).length;
  const unaware = rows.filter(
    (row) => row.claimedConnected !== null && row.claimedConnected !== row.connected,
  );
  const duplicates = amounts(rows, (row) => row.duplicates);
  return [
    ...(away > 0 ? [`${plural(away, "team")} without a socket at the end`] : []),
    ...(unaware.length > 0 ? [`connected is wrong in ${plural(unaware.length, "team")}`] : []),
    ...duplicates.map(({ sum, teams }) => `${plural(sum, "duplicate socket")}, in ${plural(teams, "team")}`),
  ];
}

/** The sum of what is positive and the teams it is in; nothing when there is none. */
function amounts(
  rows: readonly ScoreRow[],
  of: (row: ScoreRow) => number,
): Array<{ readonly sum: number; readonly teams: number }> {
  const positive = rows.map(of).filter((amount) => amount > 0);
  if (positive.length === 0) return [];
  return [{ sum: positive.reduce((all, amount) => all + amount, 0), teams: positive.length }];
}

function names(rows: number): string {
  return rows === 1 ? "names" : "name";
}
