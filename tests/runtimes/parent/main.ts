import { parseArgs } from "node:util";
import { FEATURES, type RuntimeName } from "../features.ts";
import { bundleOf } from "./bundle.ts";
import { Control } from "./control.ts";
import { linesOf, type Outcome, summaryOf, writeReport } from "./report.ts";
import { runRuntime } from "./run-runtime.ts";
import { toolOf } from "./tools.ts";

/** Where a test that is left out is a failure. */
const IN_CI = process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false";

const NAMES = Object.keys(FEATURES) as RuntimeName[];

function chosen(only: string | undefined): RuntimeName[] {
  if (only === undefined) return NAMES;
  const asked = only.split(",");
  const unknown = asked.filter((name) => !NAMES.includes(name as RuntimeName));
  if (unknown.length > 0) throw new Error(`--only takes ${NAMES.join(", ")}: got ${unknown.join(", ")}`);
  return NAMES.filter((name) => asked.includes(name));
}

async function outcomeOf(name: RuntimeName, control: Control): Promise<Outcome> {
  const found = toolOf(name);
  if ("missing" in found) return { name, version: "", results: [], missing: found.missing, ms: 0 };
  const startedAtMs = performance.now();
  const results = await runRuntime(name, found.tool, control);
  return { name, version: found.version, results, ms: performance.now() - startedAtMs };
}

const { values } = parseArgs({ options: { only: { type: "string" } } });
const outcomes: Outcome[] = [];
{
  await using control = await Control.start(bundleOf("chromium"));
  for (const name of chosen(values.only)) {
    const outcome = await outcomeOf(name, control);
    console.log(linesOf(outcome).join("\n"));
    outcomes.push(outcome);
  }
}
writeReport(outcomes);
console.log(summaryOf(outcomes).join("\n"));
const failed = outcomes.some(({ results, missing }) =>
  missing === undefined ? results.some(({ outcome }) => outcome === "fail") : IN_CI,
);
process.exitCode = failed ? 1 : 0;
