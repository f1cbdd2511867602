import { describe, expect, it } from "vitest";
import { CATALOGUE } from "./scenarios/catalogue.ts";
import { cover, covered, problemsOf } from "./scenarios/coverage.ts";
import { COLUMNS, type Evidence } from "./scenarios/evidence.ts";
import { NOT_APPLICABLE } from "./scenarios/not-applicable.ts";
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

it("the catalogue holds every number once, in order", () => {
  const numbers = CATALOGUE.flatMap(({ scenarios }) => scenarios.map(({ number }) => number));
  expect(numbers).toEqual(Array.from({ length: 85 }, (_, index) => `C${index + 1}`));
});

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

it("every reason why a scenario does not apply is given", () => {
  for (const { number, reason } of NOT_APPLICABLE)
    expect([number, reason.length > 10]).toEqual([number, true]);
});
