import Table from "cli-table3";
import type { Palette } from "./palette.ts";

/** A table to push rows to; `toString` draws it. */
export type PlainTable = Table.Table;

/** A table without lines: a faint head, the first column to the left, the others to the right. */
export function plainTable(head: readonly string[], colours: Palette): PlainTable {
  const sides = ["top", "bottom", "left", "right", "mid"];
  const none = sides.flatMap((side) => ["", "-mid", "-left", "-right"].map((end) => [`${side}${end}`, ""]));
  return new Table({
    head: head.map((name) => colours.faint(name)),
    chars: { ...Object.fromEntries(none), middle: " " } as Partial<Record<Table.CharName, string>>,
    style: { head: [], border: [], "padding-left": 1, "padding-right": 1 },
    colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
  });
}
