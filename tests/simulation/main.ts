import process from "node:process";
import { runCommand } from "../../scripts/command-line/command.ts";
import { type Command, parseCommandLine, USAGE } from "./command-line.ts";
import { explore } from "./explore.ts";
import { planOf } from "./fault-plan.ts";
import { failureText, outcomeText } from "./report.ts";
import type { RunOptions } from "./settings.ts";

// Runs on Node and on Deno: `npm run simulate`, or `deno run --allow-read tests/simulation/main.ts`.
process.exitCode = await runCommand(process.argv.slice(2), {
  help: USAGE,
  read: parseCommandLine,
  run: simulateAll,
});

async function simulateAll(command: Command): Promise<number> {
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
  else console.log(`${outcomeText(options, plan, outcome, performance.now() - started)}\n`);
  return failure === undefined;
}
