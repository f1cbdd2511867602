/** Whom an event is for. */
export type Aim =
  | { readonly kind: "everybody" }
  | { readonly kind: "random"; readonly count: number }
  | { readonly kind: "ids"; readonly ids: readonly string[] };

/** All who listen. */
export const EVERYBODY: Aim = { kind: "everybody" };

/** Draws a whole number below `limit`, each with the same chance. */
export type Draw = (limit: number) => number;

const RANGE = 2 ** 32;

/** Draws from the host's cryptographic source. What would favour low numbers is drawn again. */
export function cryptoDraw(limit: number): number {
  const fair = RANGE - (RANGE % limit);
  const word = new Uint32Array(1);
  for (;;) {
    const [drawn = 0] = crypto.getRandomValues(word);
    if (drawn < fair) return drawn % limit;
  }
}

/**
 * So many distinct ones at random; every subset of that size has the same chance. Takes as many draws as it
 * gives, however many there are to choose from (Floyd's algorithm).
 */
export function choose<Item>(from: readonly Item[], count: number, draw: Draw = cryptoDraw): Item[] {
  const taken = new Set<number>();
  for (let top = from.length - count; top < from.length; top++) {
    const at = draw(top + 1);
    taken.add(taken.has(at) ? top : at);
  }
  return Array.from(taken, (at) => from[at] as Item);
}
