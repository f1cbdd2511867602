import { COMPARISONS, spreadOf } from "./figures.mjs";
import { written, writtenSpread } from "./units.mjs";

/** A benchmark's table: one row for each thing measured, medians and spread, each ratio taken within its round. */
export function summarise(benchmark, records) {
  const rows = [...new Set(records.map(({ row }) => row))];
  const order = (row) => benchmark.subjects.findIndex(({ id }) => id === row);
  if (rows.every((row) => order(row) >= 0)) rows.sort((a, b) => order(a) - order(b));
  const cells = new Map(rows.map((row) => [row, rowOf(benchmark, records, row)]));
  const titles = ["", ...benchmark.columns.map(({ title }) => title)];
  const table = rows.map((row) => [
    labelOf(benchmark, row),
    ...benchmark.columns.map((column) => writtenSpread(cells.get(row).get(column.title), column.unit)),
  ]);
  return { titles, table, bars: (benchmark.bars ?? []).map((bar) => verdictOf(bar, benchmark, cells)) };
}

function rowOf(benchmark, records, row) {
  const own = records.filter((record) => record.row === row);
  return new Map(
    benchmark.columns.map((column) => [
      column.title,
      spreadOf(own.map((record) => cellOf(column, record, records))),
    ]),
  );
}

/** One figure of one round, or its comparison with another row of that round. */
function cellOf({ metric, to, compare }, record, records) {
  const figure = record.values[metric];
  if (to === undefined || figure === undefined) return figure;
  const other = typeof to === "function" ? to(record.row) : to;
  if (other === undefined || other === record.row) return undefined;
  const held = records.find(({ round, row }) => round === record.round && row === other)?.values[metric];
  return held === undefined ? undefined : COMPARISONS[compare](figure, held);
}

function labelOf(benchmark, row) {
  const subject = benchmark.subjects.find(({ id }) => id === row);
  return subject?.label ?? row;
}

/** Whether the median keeps to a bar. */
function verdictOf({ what, row, column: title, atMost, atLeast }, benchmark, cells) {
  const spread = cells.get(row)?.get(title);
  const { unit } = benchmark.columns.find((column) => column.title === title);
  const limit = atMost ?? atLeast;
  const asked = `${atMost === undefined ? "≥" : "≤"} ${written(limit, unit)}`;
  if (spread === undefined) return { what, asked, got: "–", holds: undefined };
  const holds = atMost === undefined ? spread.median >= limit : spread.median <= limit;
  return { what, asked, got: written(spread.median, unit), holds };
}
