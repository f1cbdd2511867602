import { existsSync, mkdirSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { cpuSummary } from "./cpu-profile.mjs";
import { heapSummary } from "./heap-profile.mjs";

const FOLDER = fileURLToPath(new URL("../profiles/", import.meta.url));

/** Where the profile of a subject goes; what is written there has this name and an ending of its own. */
export function profilePath(benchmark, subject) {
  mkdirSync(FOLDER, { recursive: true });
  return `${FOLDER}${benchmark.name}-${subject.id}`;
}

/** What the profiles of a benchmark say, as text. */
export function profileText(benchmark, sizes) {
  return benchmark.subjects
    .map((subject) => profilePath(benchmark, subject))
    .flatMap((path) => [...cpuText(`${path}.cpuprofile`), ...heapText(path, sizes.teams ?? sizes.sockets)])
    .join("\n");
}

function cpuText(path) {
  if (!existsSync(path)) return [];
  return [
    `Time of each function itself, idling left out (${relative(process.cwd(), path)}):`,
    ...cpuSummary(path),
  ];
}

function heapText(path, count) {
  const [before, after] = ["before", "after"].map((when) => `${path}-${when}.heapsnapshot`);
  if (!existsSync(after)) return [];
  return [`On the heap (${relative(process.cwd(), after)}):`, ...heapSummary(before, after, count)];
}
