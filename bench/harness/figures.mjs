/** The middle of some figures: of an even number of them, the mean of the two in the middle. */
export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The figure that `share` (0 to 1) of them do not exceed. */
export function percentile(figures, share) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}

/** Median and spread; `undefined` for no figures. */
export function spreadOf(figures) {
  const known = figures.filter((figure) => figure !== undefined && Number.isFinite(figure));
  if (known.length === 0) return undefined;
  return { median: median(known), min: Math.min(...known), max: Math.max(...known), count: known.length };
}

/** How a figure is compared with the one of the same round that it is held against. */
export const COMPARISONS = {
  /** How many times that figure: for costs, less is better. */
  times: (figure, other) => figure / other,
  /** That figure as a share of this one: a cost read as speed, 1 is as fast. */
  speed: (figure, other) => other / figure,
  difference: (figure, other) => figure - other,
};
