import type { ScoreRow } from "../rtm/scorecard.ts";
import type { Palette } from "./palette.ts";
import { fit } from "./printable.ts";

const GAP = "   ";
const INDENT = "  ";

/** Many teams side by side: `17  84/84  9/9`, sent and claimed, of messages and of props. */
export function teamGrid(rows: readonly ScoreRow[], colours: Palette, columns: number): string[] {
  const cells = rows.map(({ id, sent, claimed, props, claimedProps }) => [
    fit(String(id), 16),
    `${sent}/${claimed ?? "–"}`,
    `${props}/${claimedProps ?? "–"}`,
  ]);
  const widths = [0, 1, 2].map((part) => Math.max(0, ...cells.map((cell) => cell[part]?.length ?? 0)));
  const width = widths.reduce((sum, part) => sum + part, 0) + 2 + GAP.length;
  const perLine = Math.max(1, Math.floor((columns - INDENT.length) / width));
  const paint = (cell: readonly string[], row: ScoreRow): string => {
    const [id = "", ...counts] = cell.map((part, index) => part.padStart(widths[index] ?? 0));
    const right = row.agrees && row.duplicates === 0;
    return `${colours.name(id)} ${(right ? colours.faint : colours.bad)(counts.join(" "))}`;
  };
  const painted = rows.map((row, index) => paint(cells[index] ?? [], row));
  const lines = Math.ceil(rows.length / perLine);
  return Array.from(
    { length: lines },
    (_, line) => INDENT + painted.slice(line * perLine, (line + 1) * perLine).join(GAP),
  );
}
