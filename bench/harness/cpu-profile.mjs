import { readFileSync } from "node:fs";

const TOP = 25;

/** The functions that spent most time themselves, as lines of text. */
export function cpuSummary(path) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, "utf8"));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const spent = new Map();
  let whole = 0;
  for (const [at, id] of samples.entries()) {
    const name = nameOf(byId.get(id).callFrame);
    if (name === "(idle)" || name === "(program)") continue;
    const us = timeDeltas[at];
    whole += us;
    spent.set(name, (spent.get(name) ?? 0) + us);
  }
  const top = [...spent].sort(([, a], [, b]) => b - a).slice(0, TOP);
  return top.map(
    ([name, us]) =>
      `${((us / whole) * 100).toFixed(1).padStart(5)} %  ${(us / 1_000).toFixed(0).padStart(6)} ms  ${name}`,
  );
}

/** A function's name and place, without the path that leads to it. */
function nameOf({ functionName, url, lineNumber }) {
  if (url === "") return functionName || "(anonymous)";
  const place = url.split("/").slice(-3).join("/");
  return `${functionName || "(anonymous)"}  ${place}:${lineNumber + 1}`;
}
