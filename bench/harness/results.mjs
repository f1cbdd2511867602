import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { machine, versions } from "./machine.mjs";
import { tableOf } from "./table.mjs";

const FILE = new URL("../RESULTS.md", import.meta.url);

const PREFACE = `# Results

Written by \`npm run bench\`; \`npm run bench -- <name>\` repeats one section. Medians of the rounds, with the least and
the most in brackets. Each round measures everybody in turn, in fresh processes with the server in another one, and
ratios are taken within a round before their median is.
`;

/** One benchmark as text: what was done, its table, and whether the bars hold. */
export function sectionOf(benchmark, { sizes, rounds, summary }) {
  const { titles, table, bars } = summary;
  const verdicts = bars.map(({ what, asked, got, holds }) => {
    const verdict = holds === undefined ? "not measured" : holds ? "holds" : "**does not hold**";
    return `- ${what}: ${asked} asked, ${got} measured: ${verdict}`;
  });
  return [
    `## ${benchmark.title}`,
    benchmark.about(sizes),
    tableOf(titles, table),
    ...(verdicts.length > 0 ? [verdicts.join("\n")] : []),
    `\`npm run bench -- ${benchmark.name}\`, ${benchmark.once || rounds === 1 ? "once" : `${rounds} rounds`}`,
  ].join("\n\n");
}

/** How and with what this was measured, in one paragraph. */
export function circumstances() {
  const named = Object.entries(versions()).map(([name, version]) => `${name} ${version}`);
  return `${new Date().toISOString().slice(0, 10)}, ${machine()}; ${named.join(", ")}.`;
}

/** Puts sections in place of those of the same title; the others stay as they were. */
export function writeResults(sections, titles) {
  const known = new Map(existsSync(FILE) ? sectionsIn(readFileSync(FILE, "utf8")) : []);
  for (const section of sections) known.set(titleIn(section), `${section}\n\n${circumstances()}`);
  const ordered = titles.filter((title) => known.has(title)).map((title) => known.get(title).trim());
  writeFileSync(FILE, `${[PREFACE.trim(), ...ordered].join("\n\n")}\n`);
}

function sectionsIn(text) {
  return text
    .split(/^(?=## )/m)
    .slice(1)
    .map((section) => [titleIn(section), section]);
}

function titleIn(section) {
  return /^## (.*)$/m.exec(section)[1];
}
