/**
 * A percentile by the nearest rank: the smallest value that at least this share of all values does not exceed.
 * It is always one of the values, and `undefined` when there are none.
 *
 * @param sorted In ascending order.
 * @param share From 0 to 1, such as 0.99.
 */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  // The product of two decimals may lie a hair above the whole number it stands for: 0.07 × 100 is one such.
  const rank = Math.ceil(Number((share * sorted.length).toFixed(9)));
  return sorted[Math.max(0, rank - 1)];
}
