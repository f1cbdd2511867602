// C1–C85 as a table: for each runtime a test that passes, an asserted deviation, or why it does not apply.
//   npm run scenarios                  runs their tests and the runtime matrix, and prints the table
//   npm run scenarios -- --suite FILE  reads what a run of the suite (HOLDFAST_SUITE=FILE npm test) and the latest of
//                                      the matrix reported, and runs nothing
//   npm run scenarios -- --write       also puts the table into docs/reliability.md
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../support/packages.ts";
import { CATALOGUE } from "./catalogue.ts";
import { cover, covered, problemsOf } from "./coverage.ts";
import { matrixEvidence, suiteEvidence } from "./evidence.ts";
import { NOT_APPLICABLE } from "./not-applicable.ts";
import { markdownTable } from "./table.ts";

const DOCUMENT = join(ROOT, "docs", "reliability.md");
const [BEGIN, END] = ["<!-- scenarios: begin -->", "<!-- scenarios: end -->"];

const MATRIX = join(ROOT, "tests", "runtimes", "report.json");

const { values } = parseArgs({
  options: { suite: { type: "string" }, write: { type: "boolean", default: false } },
});
const suite = values.suite ?? runAll();

try {
  const scenarios = CATALOGUE.flatMap((chapter) => chapter.scenarios);
  const rows = cover(scenarios, [...suiteEvidence(suite, ROOT), ...matrixEvidence(MATRIX)], NOT_APPLICABLE);
  const table = markdownTable(CATALOGUE, rows);
  const problems = problemsOf(rows, NOT_APPLICABLE);
  console.log(`${table}\n`);
  if (values.write) writeDocument(table);
  else if (!readFileSync(DOCUMENT, "utf8").includes(table)) {
    problems.push("docs/reliability.md holds another table: npm run scenarios -- --write puts this one in");
  }
  for (const problem of problems) console.log(problem);
  console.log(`${covered(rows)} of ${rows.length} scenarios are covered`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** Runs every test that carries a number; returns the suite's report. */
function runAll(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-scenarios-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const report = join(folder, "suite.json");
  run("npm", ["run", "build", "--silent"]);
  run("npx", ["vitest", "run", "--project", "unit", "--project", "house", "-t", "\\bC\\d"], report);
  run("npm", ["run", "test:runtimes", "--silent"]);
  return report;
}

/** Runs a command whose failures show in its report. */
function run(command: string, args: readonly string[], report?: string): void {
  console.log(`$ ${command} ${args.join(" ")}`);
  const env = { ...process.env, ...(report !== undefined && { HOLDFAST_SUITE: report }) };
  const { error } = spawnSync(command, args, { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
  if (error) throw error;
}

function writeDocument(text: string): void {
  const before = readFileSync(DOCUMENT, "utf8");
  const [head, rest] = before.split(BEGIN);
  const tail = rest?.split(END)[1];
  if (head === undefined || tail === undefined) throw new Error(`${DOCUMENT} lacks ${BEGIN} … ${END}`);
  writeFileSync(DOCUMENT, `${head}${BEGIN}\n${text}\n${END}${tail}`);
}
