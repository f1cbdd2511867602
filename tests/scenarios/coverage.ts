import type { Scenario } from "./catalogue.ts";
import { COLUMNS, type Column, type Evidence, SERVER_COLUMNS } from "./evidence.ts";

/** Why a scenario has no case on a runtime that others have one for. */
export interface NotApplicable {
  readonly number: string;
  readonly columns: readonly Column[];
  readonly reason: string;
}

/** What is known of one scenario in one column. */
export interface Cell {
  /** `elsewhere`: core decides it, the same on every runtime. */
  readonly state: "pass" | "deviation" | "fail" | "not-applicable" | "elsewhere" | "missing";
  /** The tests that say so. */
  readonly evidence: readonly Evidence[];
  /** Why it is not applicable. */
  readonly reason?: string;
}

/** One scenario with its cells. */
export interface Row {
  readonly scenario: Scenario;
  readonly cells: Readonly<Partial<Record<Column, Cell>>>;
}

/** Holds scenarios against what was tried. */
export function cover(
  scenarios: readonly Scenario[],
  evidence: readonly Evidence[],
  exceptions: readonly NotApplicable[],
): Row[] {
  return scenarios.map((scenario) => {
    const own = evidence.filter(({ number }) => number === scenario.number);
    const cells = columnsOf(scenario).map((column) => {
      const here = own.filter((one) => one.column === column);
      const reason = exceptions.find(
        ({ number, columns }) => number === scenario.number && columns.includes(column),
      )?.reason;
      const needed = isNeeded(scenario, column, own);
      return [column, cellOf(needed, here, reason)] as const;
    });
    return { scenario, cells: Object.fromEntries(cells) as Row["cells"] };
  });
}

/** The columns of a scenario: a server's are fewer. */
export function columnsOf({ number }: Scenario): readonly Column[] {
  return number.startsWith("S") ? SERVER_COLUMNS : COLUMNS;
}

/**
 * A matter of real sockets needs a test on every runtime. A client needs one of core besides; of a server's scenario
 * any test will do: some of what decides is no part of core, such as a process that is killed.
 */
function isNeeded({ number, real }: Scenario, column: Column, own: readonly Evidence[]): boolean {
  const ofServer = number.startsWith("S");
  if (column === "core") return ofServer ? !real && own.length === 0 : true;
  return real;
}

function cellOf(needed: boolean, evidence: readonly Evidence[], reason?: string): Cell {
  if (evidence.some(({ outcome }) => outcome === "fail")) return { state: "fail", evidence };
  if (evidence.some(({ outcome }) => outcome === "deviation")) return { state: "deviation", evidence };
  if (evidence.length > 0) return { state: "pass", evidence };
  if (reason !== undefined) return { state: "not-applicable", evidence, reason };
  return { state: needed ? "missing" : "elsewhere", evidence };
}

/** What keeps the table from being whole: one line each. */
export function problemsOf(rows: readonly Row[], exceptions: readonly NotApplicable[]): string[] {
  const found = rows.flatMap(({ scenario, cells }) => {
    const { number } = scenario;
    const lines = columnsOf(scenario).flatMap((column) => {
      const { state, evidence } = cells[column] as Cell;
      if (state === "fail") {
        return evidence
          .filter(({ outcome }) => outcome === "fail")
          .map(({ name }) => `${number} fails on ${column}: ${name}`);
      }
      return state === "missing" ? [`${number} has no test on ${column}`] : [];
    });
    return lines;
  });
  const numbers = new Set(rows.map(({ scenario }) => scenario.number));
  const idle = exceptions
    .filter(({ number, columns }) => {
      const cells = rows.find(({ scenario }) => scenario.number === number)?.cells;
      return !numbers.has(number) || columns.some((column) => cells?.[column]?.state !== "not-applicable");
    })
    .map(
      ({ number, columns }) =>
        `${number} is called not applicable on ${columns.join(", ")}, and is tested there`,
    );
  return [...found, ...idle];
}

const TRIED: readonly Cell["state"][] = ["pass", "deviation"];

/** How many scenarios have a test that passes, or an asserted deviation, everywhere they need one. */
export function covered(rows: readonly Row[]): number {
  return rows.filter(({ cells }) => {
    const states = Object.values(cells).map(({ state }) => state);
    return (
      !states.includes("fail") && !states.includes("missing") && states.some((state) => TRIED.includes(state))
    );
  }).length;
}
