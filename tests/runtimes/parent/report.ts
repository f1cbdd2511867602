import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FEATURES, type RuntimeName } from "../features.ts";
import type { CaseResult } from "../runtime-case.ts";
import { HERE } from "./tools.ts";

/** What came of one runtime. */
export interface Outcome {
  readonly name: RuntimeName;
  readonly version: string;
  readonly results: readonly CaseResult[];
  /** Why it was left out. */
  readonly missing?: string;
  readonly ms: number;
}

/** The results of all runtimes as a file that other programs read. */
export function writeReport(outcomes: readonly Outcome[]): void {
  const rows = outcomes.flatMap(({ name, results }) =>
    results.map(({ scenario, name: title, outcome, error, ms }) => ({
      ...{ runtime: name, scenario, name: title, outcome },
      ...(error !== undefined && { error }),
      ms,
    })),
  );
  writeFileSync(join(HERE, "report.json"), `${JSON.stringify(rows, undefined, 2)}\n`);
}

const MARKS = { pass: "✓", deviation: "≠", fail: "✗" } as const;

/** One line for each case; what failed says why. */
export function linesOf({ name, version, results, missing, ms }: Outcome): string[] {
  const title = `${FEATURES[name].title} (${version})`;
  if (missing !== undefined) return [`${FEATURES[name].title}: left out, because ${missing}`, ""];
  return [
    `${title}, ${(ms / 1000).toFixed(1)} s`,
    ...results.flatMap(({ scenario, name: what, outcome, error, ms: took }) => [
      `  ${MARKS[outcome]} ${scenario.padEnd(6)} ${`${took}`.padStart(5)} ms  ${what}`,
      ...(error === undefined ? [] : error.split("\n").map((line) => `        ${line}`)),
    ]),
    "",
  ];
}

/** How many of each outcome, by runtime. */
export function summaryOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ name, results, missing }) => {
    const count = (outcome: CaseResult["outcome"]): number =>
      results.filter((result) => result.outcome === outcome).length;
    const figures = `${count("pass")} passed, ${count("deviation")} deviations asserted, ${count("fail")} failed`;
    return `${FEATURES[name].title.padEnd(18)} ${missing === undefined ? figures : `left out: ${missing}`}`;
  });
}
