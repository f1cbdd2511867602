import { FAULT_KINDS } from "../rtm/fault-rates.ts";
import type { Times } from "../rtm/outages.ts";
import { NO_CLIENT } from "../rtm/problems.ts";
import type { Scorecard, ScoreRow } from "../rtm/scorecard.ts";
import type { Palette } from "./palette.ts";
import { fit, printable } from "./printable.ts";
import { type PlainTable, plainTable } from "./table.ts";
import { teamGrid } from "./team-grid.ts";
import { count, duration, plural } from "./units.ts";

/** Up to so many teams get a row each in a table; more are set side by side. */
const MAX_TABLE_ROWS = 20;
/** Of more teams than this only those are shown with which something is wrong. */
const MAX_CELLS = 1_000;

/** A scorecard for people. */
export function scorecardText(card: Scorecard, colours: Palette, columns: number): string {
  const sections = [
    teams(card.rows, colours, columns),
    tallies(card, colours),
    outages(card, colours),
    remarks(card, colours),
    verdict(card, colours),
  ];
  const text = sections.filter((section) => section !== "").join("\n\n");
  return `\n${text.replaceAll(/ +$/gm, "")}\n`;
}

function teams(rows: readonly ScoreRow[], colours: Palette, columns: number): string {
  if (rows.length === 0) return "";
  if (rows.length <= MAX_TABLE_ROWS) return teamTable(rows, colours);
  const wrong = rows.filter(({ agrees, duplicates }) => !agrees || duplicates > 0);
  const shown = rows.length <= MAX_CELLS ? rows : wrong.slice(0, MAX_CELLS);
  const rest = rows.length - shown.length;
  return [
    `  ${colours.strong("Teams")}  ${colours.faint("messages sent/claimed, props sent/claimed")}`,
    ...teamGrid(shown, colours, columns),
    ...(rest > 0 ? [colours.faint(`  ${plural(rest, "team")} more`)] : []),
    ...(wrong.length > 0 ? ["", teamTable(wrong.slice(0, MAX_TABLE_ROWS), colours)] : []),
  ].join("\n");
}

function teamTable(rows: readonly ScoreRow[], colours: Palette): string {
  const table = plainTable(["team", "sent", "claimed", "props", "claimed", "socket", "claimed", ""], colours);
  const against = (own: number, other: number | null): string =>
    other === own ? count(own) : colours.bad(other === null ? "–" : count(other));
  const yes = (value: boolean | null): string => (value ? "yes" : colours.bad(value === null ? "–" : "no"));
  for (const row of rows) {
    const twice = row.duplicates > 0 ? ` ${colours.bad(plural(row.duplicates, "duplicate"))}` : "";
    table.push([
      colours.name(fit(String(row.id), 32)),
      count(row.sent),
      against(row.sent, row.claimed),
      count(row.props),
      against(row.props, row.claimedProps),
      yes(row.connected),
      yes(row.claimedConnected),
      (row.agrees ? colours.good("✓") : colours.bad("✗")) + twice,
    ]);
  }
  return table.toString();
}

function tallies({ messages, props }: Scorecard, colours: Palette): string {
  const table = plainTable(["", "sent", "claimed", "lost", "invented"], colours);
  const alarm = (value: number): string => (value > 0 ? colours.bad(count(value)) : count(value));
  for (const [name, tally] of [["messages", messages] as const, ["props", props] as const]) {
    const { sent, claimed, lost, invented } = tally;
    table.push([colours.name(name), count(sent), count(claimed), alarm(lost), alarm(invented)]);
  }
  return table.toString();
}

function outages({ faults, reconnects }: Scorecard, colours: Palette): string {
  const table = plainTable(["fault", "times", "reconnects", "p50", "p99", "worst"], colours);
  for (const kind of FAULT_KINDS) {
    if (faults[kind] > 0) addTimes(table, colours.name(kind), count(faults[kind]), reconnects.byFault[kind]);
  }
  if (table.length === 0) return "";
  const all = FAULT_KINDS.reduce((sum, kind) => sum + faults[kind], 0);
  addTimes(table, colours.strong("all"), count(all), reconnects);
  return table.toString();
}

function addTimes(table: PlainTable, name: string, struck: string, times: Times | undefined): void {
  if (times === undefined || times.count === 0) table.push([name, struck, "–", "–", "–", "–"]);
  else {
    const shown = [times.p50Ms, times.p99Ms, times.worstMs].map(duration);
    table.push([name, struck, count(times.count), ...shown]);
  }
}

function remarks({ messages, mistakes, problems }: Scorecard, colours: Palette): string {
  // Of a client that never came there is nothing to remark.
  if (problems.includes(NO_CLIENT)) return "";
  const noted = Object.entries(mistakes).filter(([, times]) => times > 0);
  const list = noted.map(([kind, times]) => `${kind} ${count(times)}`).join(", ");
  const noSocket = `  ${plural(messages.noSocket, "message")} not sent: the team had no socket just then`;
  return [
    ...(messages.noSocket > 0 ? [colours.faint(noSocket)] : []),
    noted.length > 0
      ? `  ${colours.warn("Mistakes of the client:")} ${list}`
      : colours.faint("  No mistakes of the client"),
  ].join("\n");
}

function verdict({ passed, problems, teams: all, seconds, seed }: Scorecard, colours: Palette): string {
  const run = colours.faint(`${seconds} s, seed ${seed}`);
  if (passed) {
    return `  ${colours.good("✓ passed")}  ${plural(all.total, "team")}, nothing lost, no duplicate sockets  ${run}`;
  }
  const lines = problems.map((problem) => `  ${colours.bad("✗")} ${printable(problem)}`);
  return [`  ${colours.bad("✗ failed")}  ${run}`, ...lines].join("\n");
}
