import { describe, expect, it } from "vitest";
import { CATALOGUE, type Chapter } from "./scenarios/catalogue.ts";
import { cover, covered, problemsOf } from "./scenarios/coverage.ts";
import { COLUMNS, type Evidence, SERVER_COLUMNS } from "./scenarios/evidence.ts";
import { NOT_APPLICABLE } from "./scenarios/not-applicable.ts";
import { SERVER_CATALOGUE } from "./scenarios/server-catalogue.ts";
import { markdownTable } from "./scenarios/table.ts";

const core = { number: "C1", line: "core decides", real: false };
const real = { number: "C2", line: "sockets decide", real: true };
const pass = (number: string, column: Evidence["column"]): Evidence => ({
  number,
  column,
  outcome: "pass",
  name: `${number} holds`,
});
const everywhere = COLUMNS.map((column) => pass("C2", column));

const catalogues: [string, number, readonly Chapter[]][] = [
  ["C", 85, CATALOGUE],
  ["S", 73, SERVER_CATALOGUE],
];

it.each(catalogues)(
  "the catalogue holds every number from %s1 to %i once, in order",
  (letter, count, chapters) => {
    const numbers = chapters.flatMap(({ scenarios }) => scenarios.map(({ number }) => number));
    expect(numbers).toEqual(Array.from({ length: count }, (_, index) => `${letter}${index + 1}`));
  },
);

describe("a table is whole", () => {
  it("when core has a test of each, and every runtime one of what is a matter of real sockets", () => {
    const rows = cover([core, real], [pass("C1", "core"), ...everywhere], []);
    expect([problemsOf(rows, []), covered(rows)]).toEqual([[], 2]);
  });

  it("not without a test of core, nor with one runtime missing", () => {
    const rows = cover([core, real], everywhere.slice(0, -1), []);
    expect(problemsOf(rows, [])).toEqual(["C1 has no test on core", "C2 has no test on chromium"]);
    expect(covered(rows)).toBe(0);
  });

  it("not with a test that fails, whatever else passes", () => {
    const rows = cover([real], [...everywhere, { ...pass("C2", "bun"), outcome: "fail" }], []);
    expect(problemsOf(rows, [])).toEqual(["C2 fails on bun: C2 holds"]);
  });

  it("with a reason in place of a test, but not with one beside a test", () => {
    const exceptions = [{ number: "C2", columns: ["chromium"] as const, reason: "a page has no process" }];
    const missing = cover([real], everywhere.slice(0, -1), exceptions);
    expect(problemsOf(missing, exceptions)).toEqual([]);
    const tested = cover([real], everywhere, exceptions);
    expect(problemsOf(tested, exceptions)).toEqual([
      "C2 is called not applicable on chromium, and is tested there",
    ]);
  });
});

describe("a table of servers is whole", () => {
  const anywhere = { number: "S1", line: "any test decides", real: false };
  const sockets = { number: "S2", line: "sockets decide", real: true };
  const listening = SERVER_COLUMNS.slice(1).map((column) => pass("S2", column));

  it("when each has a test somewhere, and what is a matter of real sockets on every runtime", () => {
    const rows = cover([anywhere, sockets], [pass("S1", "deno"), ...listening], []);
    expect([problemsOf(rows, []), covered(rows)]).toEqual([[], 2]);
    expect(markdownTable([{ title: "T", scenarios: [anywhere] }], rows, SERVER_COLUMNS)).toContain(
      "| S1 | any test decides | · | · | ✓ |",
    );
  });

  it("not without one, unless there is a reason, and that is not called covered", () => {
    const bare = cover([anywhere, sockets], listening.slice(0, -1), []);
    expect(problemsOf(bare, [])).toEqual(["S1 has no test on core", "S2 has no test on deno"]);
    const reasons = [{ number: "S1", columns: ["core"] as const, reason: "not yet: it is to come" }];
    const rows = cover([anywhere], [], reasons);
    expect([problemsOf(rows, reasons), covered(rows)]).toEqual([[], 0]);
  });
});

it("the table names each deviation with the runtimes that have it, and each reason", () => {
  const differs: Evidence = {
    number: "C2",
    column: "deno",
    outcome: "deviation",
    name: "suite > deviation: C2 it is kept",
  };
  const exceptions = [{ number: "C2", columns: ["chromium"] as const, reason: "a page has no process" }];
  const evidence = [...everywhere.slice(0, -1).filter(({ column }) => column !== "deno"), differs];
  const table = markdownTable([{ title: "T", scenarios: [real] }], cover([real], evidence, exceptions));
  expect(table).toContain("| C2 | sockets decide | ✓ | ✓ | ✓ | ✓ | ✓ | ≠ | ✓ | – |");
  expect(table).toContain("- C2 ≠: it is kept (Deno)");
  expect(table).toContain("- C2 –: a page has no process (Chromium)");
});

it("every reason why a scenario does not apply is given, and is of a scenario that there is", () => {
  const numbers = catalogues.flatMap(([, , chapters]) =>
    chapters.flatMap(({ scenarios }) => scenarios.map(({ number }) => number)),
  );
  for (const { number, reason } of NOT_APPLICABLE)
    expect([number, reason.length > 10, numbers.includes(number)]).toEqual([number, true, true]);
});
