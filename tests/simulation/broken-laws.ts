import process from "node:process";
import { runCommand } from "../../scripts/command-line/command.ts";
import { readFlags } from "../../scripts/command-line/flags.ts";
import { inPairs, isCaught, LAW_SEEDS, tryLaw, UNBROKEN } from "./broken-copy.ts";
import { BROKEN_LAWS } from "./laws.ts";

// npm run broken-laws: breaks each law in a copy of core, and shows which check catches it.
process.exitCode = await runCommand(process.argv.slice(2), {
  help: `Usage: npm run broken-laws

Breaks ${BROKEN_LAWS.length} laws, each in a copy of core, and shows which check catches it; takes a few minutes.

  --help, -h  prints this`,
  read: (args) => (readFlags(args, [], []).help ? undefined : {}),
  run: tryAll,
});

async function tryAll(): Promise<number> {
  const whole = await tryLaw(UNBROKEN);
  const isWhole = whole.exploration === undefined && whole.simulation === undefined;
  const tried = await inPairs(BROKEN_LAWS, async (law) => ({ law, tried: await tryLaw(law) }));

  const rows = tried.map(({ law, tried }) => {
    const { exploration, simulation } = tried;
    const seeds = simulation && `${simulation.invariant}, after ${simulation.seeds} of ${LAW_SEEDS} seeds`;
    return [isCaught(law, tried) ? "caught" : "MISSED", law.law, exploration ? "yes" : "-", seeds ?? "-"];
  });
  const table = [["", "broken law", "exploration", "simulation"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );

  const missed = tried.filter(({ law, tried }) => !isCaught(law, tried)).length;
  console.log(`\n${BROKEN_LAWS.length - missed} of ${BROKEN_LAWS.length} broken laws were caught.`);
  console.log(
    isWhole
      ? `Unbroken, core passes both: ${LAW_SEEDS} seeds.`
      : `Unbroken, core FAILS: ${JSON.stringify(whole)}`,
  );
  return missed === 0 && isWhole ? 0 : 1;
}
