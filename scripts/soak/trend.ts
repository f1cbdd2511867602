/** A figure over time. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** A straight line through points, by least squares. */
export interface Trend {
  /** How much the figure rises in a minute. */
  readonly perMinute: number;
  /** The standard error of that. */
  readonly standardError: number;
  readonly points: number;
  /** From the first point to the last. */
  readonly seconds: number;
}

/** Fewer points than this say nothing. */
const MIN_POINTS = 8;

/**
 * The trend of a figure, `undefined` for too few points. What memory is left after a collection hangs on what was left
 * before, so neighbouring points say less than as many independent ones: the standard error is widened by the
 * correlation of each residual with the next (an autoregressive process of the first order).
 */
export function trendOf(points: readonly Point[]): Trend | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length < MIN_POINTS || first === undefined || last === undefined) return undefined;
  const meanTime = mean(points.map(({ atMs }) => atMs));
  const meanValue = mean(points.map(({ value }) => value));
  const spread = sum(points.map(({ atMs }) => (atMs - meanTime) ** 2));
  if (spread === 0) return undefined;
  const slope = sum(points.map(({ atMs, value }) => (atMs - meanTime) * (value - meanValue))) / spread;
  const residuals = points.map(({ atMs, value }) => value - meanValue - slope * (atMs - meanTime));
  const squares = sum(residuals.map((residual) => residual ** 2));
  const products = sum(residuals.slice(1).map((residual, index) => residual * (residuals[index] ?? 0)));
  const correlation = squares === 0 ? 0 : Math.min(0.95, Math.max(0, products / squares));
  const widening = Math.sqrt((1 + correlation) / (1 - correlation));
  return {
    perMinute: slope * 60_000,
    standardError: Math.sqrt(squares / (points.length - 2) / spread) * widening * 60_000,
    points: points.length,
    seconds: (last.atMs - first.atMs) / 1000,
  };
}

/** Whether the rise is above a bound by more than chance: by two standard errors, one time in forty by chance. */
export function risesOver({ perMinute, standardError }: Trend, bound: number): boolean {
  return perMinute - 2 * standardError > bound;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}

function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length;
}
