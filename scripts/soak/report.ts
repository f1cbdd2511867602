import { count, duration, plural } from "../../packages/cli/src/output/units.ts";
import type { SoakEvidence, Verdict } from "./verdict.ts";

/** The report for people. */
export function reportText(evidence: SoakEvidence, { checks, passed, memory }: Verdict): string {
  const { flags, samples, server, bot, ended } = evidence;
  const { teams, forMs, rate, seed, breakage } = flags;
  const lines = [
    "",
    `Soak of ${plural(teams, "team")} for ${forMs / 1000} s, ${plural(rate, "message")} a second, seed ${seed}${breakage ? `, broken on purpose: ${breakage}` : ""}`,
    "",
    ...checks.map(({ name, outcome, says }) => row(MARKS[outcome], name, says)),
    "",
  ];
  if (server !== undefined) {
    const { count: reconnects, p50Ms, p99Ms, worstMs } = server.card.reconnects;
    const { left, unanswered, unproven, address } = server.card.mistakes;
    const times = `median ${duration(p50Ms)}, p99 ${duration(p99Ms)}, worst ${duration(worstMs)}`;
    const also = [
      `the bot left ${plural(left, "live socket")}`,
      `${plural(address, "dial")} to used or unknown addresses`,
      `${plural(unanswered, "healthcheck")} unanswered`,
      `${plural(unproven, "socket")} cut off before a pong proved that all had arrived`,
    ];
    lines.push(row("", "reconnects", `${count(reconnects)}, ${times}`), row("", "also", also.join(", ")));
  }
  if (bot !== undefined) {
    const { invalid, unknown, ignored } = bot.totals;
    const odd = `${count(invalid)} invalid and ${count(unknown)} unknown messages`;
    const again = `${plural(ignored, "team event")} that changed nothing`;
    const loop = `longest stall ${duration(bot.worstStallMs)}, with forced collections of up to ${duration(bot.worstCollectionMs)}`;
    lines.push(
      row("", "losses", list(bot.causes)),
      row("", "bot", `${odd}, ${again}; errors told: ${list(bot.told)}`),
      row("", "loop", loop),
    );
  }
  const [first, last] = [samples.find(({ atMs }) => atMs >= memory.warmUpMs), samples.at(-1)];
  if (first && last)
    lines.push(
      row(
        "",
        "memory",
        `heap ${mb(first.heap)} after ${Math.round(memory.warmUpMs / 1000)} s and ${mb(last.heap)} at the end, RSS ${mb(first.rss)} and ${mb(last.rss)}`,
      ),
    );
  const open = checks.filter(({ outcome }) => outcome === "not judged").map(({ name }) => name);
  const result = `${passed ? "✓ passed" : "✗ failed"}, ended ${ended}`;
  return [
    ...lines,
    "",
    `  ${[result, ...(open.length > 0 ? [`not judged: ${open.join(", ")}`] : [])].join("; ")}`,
    "",
  ].join("\n");
}

const MARKS = { held: "✓", failed: "✗", "not judged": "–" } as const;
const WIDTH = 100;

/** One row, folded after commas and semicolons where it gets wide. */
function row(mark: string, name: string, says: string): string {
  const lines = [""];
  for (const part of says.split(/(?<=[,;] )/)) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + part.length > WIDTH) lines.push(part);
    else lines[lines.length - 1] = line + part;
  }
  const indent = `\n${" ".repeat(20)}`;
  return `  ${mark.padEnd(1)} ${name.padEnd(15)} ${lines.map((line) => line.trimEnd()).join(indent)}`;
}

function list(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, times]) => `${name} ${count(times)}`);
  return parts.length > 0 ? parts.join(", ") : "none";
}

function mb(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
