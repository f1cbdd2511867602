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

/** Where a server is tried: on core alone, or listening on a runtime. */
export const SERVER_COLUMNS: readonly Column[] = ["core", "node-ws", "deno"];

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

/** A test speaks of a runtime by its file and name; all others speak of core. */
type OnARuntime = readonly { readonly column: Column; readonly test: RegExp }[];

/** Which speak of a client's runtime. */
const CLIENT_ON: OnARuntime = [
  {
    column: "deno",
    test: /^(packages\/deno|tests\/contract\/deno\.test.* (a Deno process|webSocket\(\) of deno )|tests\/deno-import)/,
  },
  { column: "node-ws", test: /^(packages\/node|tests\/contract\/node\.test.* webSocket\(\) of node )/ },
];

/** Which speak of a server's. */
const SERVER_ON: OnARuntime = [
  {
    column: "deno",
    test: /^(packages\/deno|tests\/contract\/deno\.test.* (listen\w*|serve|webSocket)\(\) of deno |tests\/(channels|conformance)\/.*\bdeno\b)/i,
  },
  {
    column: "node-ws",
    test: /^(packages\/node|tests\/contract\/node-listeners\.test|tests\/contract\/node\.test.* webSocket\(\) of node |tests\/(channels|conformance)\/.*\bnode\b)/i,
  },
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
      const passed = /\bdeviation:/.test(fullName) ? "deviation" : "pass";
      const outcome = status === "passed" ? passed : "fail";
      return numbersIn(fullName).flatMap((number): Evidence[] => {
        const runtimes = number.startsWith("S") ? SERVER_ON : CLIENT_ON;
        const column = runtimes.find(({ test }) => test.test(place))?.column;
        if (column === undefined && ELSEWHERE.test(place)) return [];
        return [{ number, column: column ?? "core", outcome, name: fullName }];
      });
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

/** C1–C85 and S1–S73, as they stand in a name; each once. */
function numbersIn(name: string): string[] {
  return [...new Set(name.match(/\b[CS]\d{1,2}\b/g))];
}

/** @throws {Error} that says how to make a report that is not there. */
function read<T>(path: string, made: string): T {
  if (!existsSync(path)) throw new Error(`There is no report ${path}: ${made} makes one`);
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
