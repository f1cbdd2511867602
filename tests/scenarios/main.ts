// C1–C85 and S1–S73 as tables: for each runtime a test that passes, an asserted deviation, or why there is none.
//   npm run scenarios                  runs their tests and the runtime matrix, and prints the tables
//   npm run scenarios -- --suite FILE  reads what a run of the suite (HOLDFAST_SUITE=FILE npm test) and the latest of
//                                      the matrix reported, and runs nothing
//   npm run scenarios -- --write       also puts the tables into docs/reliability.md
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../support/packages.ts";
import { CATALOGUE } from "./catalogue.ts";
import { cover, covered, problemsOf } from "./coverage.ts";
import { COLUMNS, matrixEvidence, SERVER_COLUMNS, suiteEvidence } from "./evidence.ts";
import { NOT_APPLICABLE } from "./not-applicable.ts";
import { SERVER_CATALOGUE } from "./server-catalogue.ts";
import { markdownTable } from "./table.ts";

const DOCUMENT = join(ROOT, "docs", "reliability.md");
/** Between which lines of the document each table stands. */
const TABLES = [
  { name: "scenarios", catalogue: CATALOGUE, columns: COLUMNS },
  { name: "server scenarios", catalogue: SERVER_CATALOGUE, columns: SERVER_COLUMNS },
] as const;

const MATRIX = join(ROOT, "tests", "runtimes", "report.json");

const { values } = parseArgs({
  options: { suite: { type: "string" }, write: { type: "boolean", default: false } },
});
const suite = values.suite ?? runAll();

try {
  const evidence = [...suiteEvidence(suite, ROOT), ...matrixEvidence(MATRIX)];
  const problems: string[] = [];
  const summary: string[] = [];
  for (const { name, catalogue, columns } of TABLES) {
    const scenarios = catalogue.flatMap((chapter) => chapter.scenarios);
    const exceptions = NOT_APPLICABLE.filter(({ number }) =>
      scenarios.some((scenario) => scenario.number === number),
    );
    const rows = cover(scenarios, evidence, exceptions);
    const table = markdownTable(catalogue, rows, columns);
    console.log(`${table}\n`);
    problems.push(...problemsOf(rows, exceptions));
    if (values.write) writeDocument(name, table);
    else if (!readFileSync(DOCUMENT, "utf8").includes(table)) {
      problems.push(`docs/reliability.md holds other ${name}: npm run scenarios -- --write puts these in`);
    }
    summary.push(`${covered(rows)} of ${rows.length} ${name} are covered`);
  }
  for (const problem of problems) console.log(problem);
  for (const line of summary) console.log(line);
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
  run("npx", ["vitest", "run", "--project", "unit", "--project", "house", "-t", "\\b[CS]\\d"], report);
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

function writeDocument(name: string, text: string): void {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const before = readFileSync(DOCUMENT, "utf8");
  const [head, rest] = before.split(begin);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) throw new Error(`${DOCUMENT} lacks ${begin} … ${end}`);
  writeFileSync(DOCUMENT, `${head}${begin}\n${text}\n${end}${tail}`);
}
