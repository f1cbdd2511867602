/** How figures are written, by the unit they are in. */
const FORMATS = {
  bytes: (value) => `${(value / 1024).toFixed(2)} KB`,
  us: (value) => `${value.toFixed(value < 100 ? 2 : 0)} µs`,
  ms: (value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`,
  s: (value) => `${value.toFixed(2)} s`,
  perSecond: (value) => `${grouped(value)}/s`,
  count: (value) => grouped(value),
  ratio: (value) => value.toFixed(2),
};

function grouped(value) {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A figure with its unit. */
export function written(value, unit) {
  return FORMATS[unit](value);
}

/** A median with its spread, where there is one. */
export function writtenSpread(spread, unit) {
  if (spread === undefined) return "–";
  const middle = written(spread.median, unit);
  if (spread.count === 1) return middle;
  const bare = (value) => written(value, unit).replace(/[^\d,.-].*$/, "");
  return `${middle} (${bare(spread.min)}–${bare(spread.max)})`;
}
