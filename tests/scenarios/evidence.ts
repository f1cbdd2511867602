import { existsSync, readFileSync } from "node:fs";

/** Where a scenario was tried: on core alone, with simulated time and a network in memory, or on a runtime. */
export const COLUMNS = [
  "core",
  "node-ws",
  "undici",
  "node-22",
  "node-24",
  "deno",
  "bun",
  "chromium",
] as const;

/** One of {@linkcode COLUMNS}. */
export type Column = (typeof COLUMNS)[number];

/** One test that carries a scenario's number. */
export interface Evidence {
  readonly number: string;
  readonly column: Column;
  readonly outcome: "pass" | "deviation" | "fail";
  /** The test's name. */
  readonly name: string;
}

/** The part of Vitest's JSON report that is read. */
interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** The report of the runtime matrix. */
type MatrixReport = readonly {
  readonly runtime: string;
  readonly scenario: string;
  readonly name: string;
  readonly outcome: Evidence["outcome"];
}[];

/** Which tests of the suite speak of a runtime, by their file and name; all others speak of core. */
const ON_A_RUNTIME: readonly { readonly column: Column; readonly test: RegExp }[] = [
  {
    column: "deno",
    test: /^(packages\/deno|tests\/contract\/deno\.test.* (a Deno process|webSocket\(\) of deno )|tests\/deno-import)/,
  },
  { column: "node-ws", test: /^(packages\/node|tests\/contract\/node\.test.* webSocket\(\) of node )/ },
];

/** Transports under the contract suite that are no column of the table: lines over TCP, the reference, mixed pairs. */
const ELSEWHERE = /^tests\/contract\//;

/** What Vitest reported, by the numbers in the tests' names. */
export function suiteEvidence(path: string, root: string): Evidence[] {
  const { testResults } = read<VitestReport>(path, "HOLDFAST_SUITE=FILE npm test");
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.flatMap(({ fullName, status }) => {
      // A filtered run reports what it left out: that is no evidence of anything.
      if (status !== "passed" && status !== "failed") return [];
      const place = `${file.slice(root.length + 1)} ${fullName} `;
      const column = ON_A_RUNTIME.find(({ test }) => test.test(place))?.column;
      if (column === undefined && ELSEWHERE.test(place)) return [];
      const passed = /\bdeviation:/.test(fullName) ? "deviation" : "pass";
      return numbersIn(fullName).map(
        (number): Evidence => ({
          number,
          column: column ?? "core",
          outcome: status === "passed" ? passed : "fail",
          name: fullName,
        }),
      );
    }),
  );
}

/** What the runtime matrix reported. */
export function matrixEvidence(path: string): Evidence[] {
  return read<MatrixReport>(path, "npm run test:runtimes").flatMap(({ runtime, scenario, name, outcome }) =>
    numbersIn(`${scenario} ${name}`).map(
      (number): Evidence => ({ number, column: columnOf(runtime), outcome, name }),
    ),
  );
}

function columnOf(runtime: string): Column {
  const column = COLUMNS.find((name) => name === runtime);
  if (column === undefined)
    throw new Error(`Runtime ${runtime} of the report is none of ${COLUMNS.join(", ")}`);
  return column;
}

/** C1–C85, as they stand in a name; each once. */
function numbersIn(name: string): string[] {
  return [...new Set(name.match(/\bC\d{1,2}\b/g))];
}

/** @throws {Error} that says how to make a report that is not there. */
function read<T>(path: string, made: string): T {
  if (!existsSync(path)) throw new Error(`There is no report ${path}: ${made} makes one`);
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
