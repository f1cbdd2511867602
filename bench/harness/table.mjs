/** A table in markdown, whose columns are as wide as their widest cell. */
export function tableOf(titles, rows) {
  const widths = titles.map((title, at) =>
    Math.max(3, ...[title, ...rows.map((row) => row[at])].map((cell) => cell.length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(" | ")} |`;
  const rule = `|${widths.map((width, at) => `${"-".repeat(width + (at === 0 ? 2 : 1))}${at === 0 ? "" : ":"}`).join("|")}|`;
  return [line(titles), rule, ...rows.map(line)].join("\n");
}
