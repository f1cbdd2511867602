import { duration } from "../../packages/cli/src/output/units.ts";
import type { SoakEvidence, Verdict } from "./verdict.ts";

/** The report for people. */
export function reportText(evidence: SoakEvidence, { checks, passed, memory }: Verdict): string {
  const { flags, samples, server, bot, ended } = evidence;
  const { teams, forMs, rate, seed, breakage } = flags;
  const lines = [
    "",
    `Soak of ${teams} teams for ${forMs / 1000} s, ${rate} messages a second, seed ${seed}${breakage ? `, broken on purpose: ${breakage}` : ""}`,
    "",
    ...checks.map(({ name, passed: holds, says }) => `  ${holds ? "✓" : "✗"} ${name.padEnd(15)} ${says}`),
    "",
  ];
  if (server !== undefined) {
    const { count, p50Ms, p99Ms, worstMs } = server.card.reconnects;
    const { left, unanswered, unproven, address } = server.card.mistakes;
    lines.push(
      `  reconnects      ${count}, median ${duration(p50Ms)}, p99 ${duration(p99Ms)}, worst ${duration(worstMs)}`,
      `  also            ${left} live sockets left, ${address} dials to spent addresses, ${unanswered} healthchecks unanswered, ${unproven} faults unproven`,
    );
  }
  if (bot !== undefined) {
    lines.push(
      `  losses          ${list(bot.causes)}`,
      `  bot             ${bot.totals.invalid} invalid and ${bot.totals.unknown} unknown messages, ${bot.totals.ignored} ignored; errors told: ${list(bot.told)}`,
      `  loop            longest stall ${duration(bot.worstStallMs)}, with forced collections of up to ${duration(bot.worstCollectionMs)}`,
    );
  }
  const [first, last] = [samples.find(({ atMs }) => atMs >= memory.warmUpMs), samples.at(-1)];
  if (first && last)
    lines.push(
      `  memory          heap ${mb(first.heap)} after ${Math.round(memory.warmUpMs / 1000)} s and ${mb(last.heap)} at the end, RSS ${mb(first.rss)} and ${mb(last.rss)}`,
    );
  return [...lines, "", `  ${passed ? "✓ passed" : "✗ failed"}, ended ${ended}`, ""].join("\n");
}

function list(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, times]) => `${name} ${times}`);
  return parts.length > 0 ? parts.join(", ") : "none";
}

function mb(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
