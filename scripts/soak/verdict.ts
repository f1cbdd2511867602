import { count, plural } from "../../packages/cli/src/output/units.ts";
import type { SoakFlags } from "./flags.ts";
import { judgeMemory, type MemoryReport, type MemoryVerdict } from "./memory.ts";
import type { BotReport, Sample, ServerReport } from "./messages.ts";

/** All that is known when both processes have ended. */
export interface SoakEvidence {
  readonly flags: SoakFlags;
  readonly samples: readonly Sample[];
  readonly server: ServerReport | undefined;
  readonly bot: BotReport | undefined;
  /** From the bot's `closed` to the end of its process, in milliseconds. */
  readonly exitMs: number | undefined;
  /** How the bot's process ended: its exit code, or the signal. */
  readonly botExit: number | string | undefined;
  /** Whether somebody asked for an early end, or the run had to be cut off. */
  readonly ended: "in time" | "early" | "cut off";
}

/** One thing that must hold. */
export interface Check {
  readonly name: string;
  readonly outcome: "held" | "failed" | "not judged";
  /** The figures behind it. */
  readonly says: string;
}

/** What a soak came to. */
export interface Verdict {
  /** Nothing failed; what was not judged is neither here nor there. */
  readonly passed: boolean;
  readonly checks: readonly Check[];
  readonly memory: MemoryReport;
}

const MAX_EXIT_MS = 100;
/** The share of the messages asked for that must have been sent. */
const MIN_TRAFFIC = 0.1;
/** Teams times seconds: a smaller run has so few dials that it may miss a fault by chance. */
const ALL_FAULTS = 10_000;

/** Judges a run. */
export function judge(evidence: SoakEvidence): Verdict {
  const { flags, samples, server, bot } = evidence;
  const memory = judgeMemory(samples, flags.teams, flags.forMs);
  const checks =
    server === undefined || bot === undefined
      ? [check("processes", false, incomplete(evidence))]
      : [
          traffic(server, evidence),
          ...counts(server, bot),
          oneSocket(server),
          faults(server, evidence),
          memoryCheck("heap", memory.heap),
          memoryCheck("RSS", memory.rss),
          strayErrors("server", server.errors),
          strayErrors("bot", bot.errors),
          exit(evidence),
        ];
  return { passed: checks.every(({ outcome }) => outcome !== "failed"), checks, memory };
}

function check(name: string, holds: boolean, says: string, isJudged = true): Check {
  return { name, outcome: !isJudged ? "not judged" : holds ? "held" : "failed", says };
}

function incomplete({ server, bot, botExit, ended }: SoakEvidence): string {
  const silent = [...(server ? [] : ["server"]), ...(bot ? [] : ["bot"])].join(" and ");
  return `no report of the ${silent}; the run ended ${ended}, the bot with ${botExit ?? "nothing"}`;
}

/** Exact counts of next to nothing would prove nothing. */
function traffic({ card }: ServerReport, { flags, ended }: SoakEvidence): Check {
  const { sent, noSocket } = card.messages;
  const enough = sent >= (MIN_TRAFFIC * flags.rate * flags.forMs) / 1000;
  return check(
    "traffic",
    enough,
    `${count(sent)} of ${plural(sent + noSocket, "message")} had a live socket, in ${card.seconds} s`,
    enough || ended === "in time",
  );
}

function counts({ card }: ServerReport, { heard }: BotReport): Check[] {
  const { messages, props, mistakes, problems } = card;
  const { sent, claimed, lost, invented } = messages;
  const tally = `${plural(sent, "message")} taken by live sockets, ${count(claimed)} claimed, ${count(lost)} lost, ${count(invented)} invented; props ${count(props.sent)} and ${count(props.claimed)}`;
  const { backwards, ahead, frame, type, ask } = mistakes;
  const wrong = backwards + ahead + frame + type + ask;
  const same = heard.messages === claimed && heard.props === props.claimed;
  return [
    check("counts", card.passed, [tally, ...problems].join("; "), !card.passed || sent > 0),
    check(
      "healthchecks",
      wrong === 0,
      `${plural(backwards, "count")} went back, ${ahead} ahead; ${plural(frame + type + ask, "bad message")} of the bot`,
    ),
    check(
      "events",
      same,
      `${plural(heard.messages, "message")}, ${count(heard.props)} with props, heard by a listener`,
      !same || sent > 0,
    ),
  ];
}

function oneSocket({ card }: ServerReport): Check {
  const { duplicates, mistakes } = card;
  return check(
    "one socket",
    duplicates + mistakes.lingering === 0,
    `${plural(duplicates, "second socket")} of a team, ${mistakes.lingering} beside a half-open one`,
  );
}

function faults({ card, disturbances }: ServerReport, { flags, ended }: SoakEvidence): Check {
  const all = Object.entries({ ...card.faults, ...disturbances });
  const missing = all.filter(([, times]) => times === 0).map(([name]) => name);
  const small = (flags.teams * flags.forMs) / 1000 < ALL_FAULTS || ended !== "in time";
  return check(
    "faults",
    missing.length === 0,
    all.map(([name, times]) => `${name} ${count(times)}`).join(", "),
    !small || missing.length === 0,
  );
}

function memoryCheck(name: string, verdict: MemoryVerdict | undefined): Check {
  if (verdict === undefined)
    return check(name, false, "under 10 s between samples with four in five teams up", false);
  const { trend, boundKb, passed } = verdict;
  const { perMinute, standardError, points, seconds } = trend;
  const slope = `${count(perMinute)} ± ${count(standardError)} KiB a minute`;
  const basis = `${points} samples over ${seconds.toFixed(0)} s, bound ${count(boundKb)}`;
  const least = `would have found ${count(boundKb + 2 * standardError)}`;
  return check(name, passed, `${slope} (${basis}; ${least})`);
}

function strayErrors(who: string, errors: BotReport["errors"]): Check {
  const { unhandledRejections, uncaughtExceptions, first } = errors;
  const says = `${plural(unhandledRejections, "unhandled rejection")}, ${plural(uncaughtExceptions, "uncaught exception")}`;
  return check(
    `errors, ${who}`,
    unhandledRejections + uncaughtExceptions === 0,
    first === undefined ? says : `${says}: ${first}`,
  );
}

function exit({ exitMs, botExit, bot }: SoakEvidence): Check {
  const inTime = exitMs !== undefined && exitMs <= MAX_EXIT_MS;
  const how = typeof botExit === "number" ? `with code ${botExit}` : `by ${botExit}`;
  const says = `${exitMs?.toFixed(0) ?? "never"} ms after closed (${bot?.reason}), ${how}`;
  return check("exit", inTime && botExit === 0 && bot?.reason === "goodbye", says);
}
