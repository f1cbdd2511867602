import process from "node:process";
import { everyEvent, LifecycleDriver } from "../support/lifecycle-driver.ts";
import type { LawTried } from "./broken-copy.ts";
import { isStall, planOf } from "./fault-plan.ts";
import { run } from "./run.ts";

// Runs inside a copy of core, whole or broken: what do the exploration and the simulation say of it?
const seeds = Number(process.argv[2]);
/** Which violations are looked for; another one is only told of if none of these comes. */
const wanted = (process.argv[3] ?? "").split(",");
const driver = new LifecycleDriver({ maxAttempts: 3 });
driver.explore(everyEvent);
const [fault] = driver.faults;

let simulation: LawTried["simulation"];
for (let seed = 1; seed <= seeds && !wanted.includes(simulation?.invariant ?? "none"); seed++) {
  const options = { seed, teams: 25, faultsMs: 180_000 };
  const plan = planOf(options);
  for (const part of [plan, plan.filter(({ kind }) => isStall(kind))]) {
    const { violation } = await run(options, part);
    if (violation === undefined) continue;
    if (simulation === undefined || wanted.includes(violation.invariant))
      simulation = { invariant: violation.invariant, message: violation.message, seeds: seed };
  }
}
const tried: LawTried = { exploration: fault, simulation };
console.log(`\n${JSON.stringify(tried)}`);
process.exit();
