/** The most events that any window of this length holds. Two events that are exactly one window apart share none. */
export function mostInWindow(times: readonly number[], windowMs: number): number {
  let most = 0;
  let from = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[from] ?? time) >= windowMs) from++;
    most = Math.max(most, index - from + 1);
  }
  return most;
}
