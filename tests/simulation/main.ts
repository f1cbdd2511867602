import process from "node:process";
import { type Command, parseCommandLine, USAGE } from "./command-line.ts";
import { explore } from "./explore.ts";
import { planOf } from "./fault-plan.ts";
import { failureText, outcomeText } from "./report.ts";
import type { RunOptions } from "./settings.ts";

// Runs on Node and on Deno: `npm run simulate`, or `deno run --allow-read tests/simulation/main.ts`.
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let command: Command;
  try {
    command = parseCommandLine(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  if (command.help) {
    console.log(USAGE);
    return 0;
  }
  let failed = 0;
  for (const seed of command.seeds) if (!(await simulate(seed, command))) failed++;
  if (command.seeds.length > 1) console.log(`${command.seeds.length} seeds, ${failed} of them failed`);
  return failed === 0 ? 0 : 1;
}

async function simulate(seed: number, { teams, hours, only, quiet }: Command): Promise<boolean> {
  const options: RunOptions = { seed, teams, faultsMs: hours * 3_600_000 };
  const plan = planOf(options).filter(({ id }) => only === undefined || only.includes(id));
  const started = performance.now();
  const outcome = await explore(options, plan);
  const { failure, hash } = outcome;
  if (failure !== undefined) console.log(failureText(options, failure));
  else if (quiet) console.log(`seed ${seed} ${hash}`);
  else console.log(`${outcomeText(options, outcome, performance.now() - started)}\n`);
  return failure === undefined;
}
