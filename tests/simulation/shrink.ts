/** How much a shrinking may cost. */
export interface ShrinkBudget {
  /** How many shorter lists are tried at the most. */
  readonly tries: number;
  /** How long it may take, in milliseconds of the real clock. */
  readonly ms: number;
}

/**
 * The shortest list it can find that still fails, by delta debugging (ddmin; Zeller and Hildebrandt, 2002): halves,
 * quarters and so on are left out, as long as what is left still fails. Within its budget, and never longer than
 * what it was given.
 */
export async function shrink<Item>(
  items: readonly Item[],
  fails: (items: readonly Item[]) => Promise<boolean>,
  { tries, ms }: ShrinkBudget,
): Promise<readonly Item[]> {
  const latest = performance.now() + ms;
  let left = tries;
  const affordable = (): boolean => left > 0 && performance.now() < latest;
  const failing = async (list: readonly Item[]): Promise<boolean> => {
    left--;
    return fails(list);
  };
  let shortest = items;
  let parts = Math.min(2, items.length);
  while (parts > 0 && affordable()) {
    const size = Math.ceil(shortest.length / parts);
    let shorter: readonly Item[] | undefined;
    for (let from = 0; from < shortest.length && affordable(); from += size) {
      const without = [...shortest.slice(0, from), ...shortest.slice(from + size)];
      if (!(await failing(without))) continue;
      shorter = without;
      break;
    }
    if (shorter !== undefined) {
      shortest = shorter;
      parts = Math.min(Math.max(parts - 1, 2), shortest.length);
    } else if (size === 1) break;
    else parts = Math.min(2 * parts, shortest.length);
  }
  return shortest;
}
