import type { Chapter } from "./catalogue.ts";
import type { Cell, Row } from "./coverage.ts";
import { COLUMNS, type Column } from "./evidence.ts";

const TITLES: Readonly<Record<Column, string>> = {
  core: "core",
  "node-ws": "Node `ws`",
  undici: "undici",
  "node-22": "Node 22",
  "node-24": "Node 24",
  deno: "Deno",
  bun: "Bun",
  chromium: "Chromium",
};

const SIGNS: Readonly<Record<Cell["state"], string>> = {
  pass: "✓",
  deviation: "≠",
  fail: "FAIL",
  "not-applicable": "–",
  elsewhere: "·",
  missing: "NONE",
};

const LEGEND = [
  "✓ a test passes there · ≠ the runtime differs, and a test asserts exactly how (below) · · core decides it, the",
  "same on every runtime · – does not apply there (below). “core” is simulated time over a network in memory.",
];

/** The table as Markdown, chapter by chapter, and below it what differs where. */
export function markdownTable(
  chapters: readonly Chapter[],
  rows: readonly Row[],
  columns: readonly Column[] = COLUMNS,
): string {
  const header = ["", "what goes wrong, and what comes of it", ...columns.map((column) => TITLES[column])];
  const body = chapters.flatMap(({ title, scenarios }) => [
    ["", `**${title}**`, ...columns.map(() => "")],
    ...scenarios.map(({ number, line }) => {
      const row = rows.find(({ scenario }) => scenario.number === number);
      return [number, line, ...columns.map((column) => SIGNS[row?.cells[column]?.state ?? "elsewhere"])];
    }),
  ]);
  const rule = header.map((_, index) => (index < 2 ? "---" : ":-:"));
  const table = [header, rule, ...body].map((cells) => `| ${cells.join(" | ")} |`);
  return [...LEGEND, "", ...table, "", ...differences(rows)].join("\n");
}

/** One line for each way in which runtimes differ, with the runtimes that do; and one for each reason. */
function differences(rows: readonly Row[]): string[] {
  const numbersBy = new Map<string, string[]>();
  const columnsBy = new Map<string, Set<string>>();
  const lines = new Map<string, Set<string>>();
  const add = (text: string, column: Column): void => {
    lines.set(text, (lines.get(text) ?? new Set()).add(TITLES[column]));
  };
  for (const { scenario, cells } of rows) {
    for (const column of COLUMNS) {
      const { evidence = [], reason } = cells[column] ?? {};
      if (reason !== undefined) {
        const same = numbersBy.get(reason) ?? [];
        numbersBy.set(reason, same.includes(scenario.number) ? same : [...same, scenario.number]);
        columnsBy.set(reason, (columnsBy.get(reason) ?? new Set()).add(TITLES[column]));
      }
      // By name: files of tests end in another order each time.
      for (const { outcome, name } of evidence.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
        if (outcome === "deviation") add(`${scenario.number} ≠: ${shortName(name)}`, column);
    }
  }
  return [
    ...Array.from(lines, ([text, columns]) => `- ${text} (${[...columns].join(", ")})`),
    ...Array.from(numbersBy, ([reason, numbers]) => {
      const columns = [...(columnsBy.get(reason) ?? [])].join(", ");
      return `- ${numbers.join(", ")} –: ${reason} (${columns})`;
    }),
  ];
}

/** A deviation's own words, without the suite they stand in and the numbers they begin with; a standard's are many. */
function shortName(name: string): string {
  if (name.includes("RFC 6455")) return "cases of tests/conformance, which names each";
  return name.replace(/^.*?deviation:\s*/, "").replace(/^((C|S)\d+\s+)+/, "");
}
