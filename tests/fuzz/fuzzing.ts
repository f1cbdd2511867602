import fc from "fast-check";
import { afterAll, beforeAll, expect } from "vitest";

/** How many inputs each file tries at least; over 200,000 together. `HOLDFAST_FUZZ_TIMES=10` tries ten times as many. */
export const SHARES = {
  codec: 25_000,
  lines: 30_000,
  messages: 60_000,
  bot: 45_000,
  server: 45_000,
} as const;

/** What all files together try at least: printed with each count, and asserted to be 200,000 or more. */
const total = Object.values(SHARES).reduce<number>((sum, share) => sum + share, 0);

const times = Number(process.env.HOLDFAST_FUZZ_TIMES ?? 1);
const given = process.env.HOLDFAST_FUZZ_SEED;

/** Tries properties, counts what they tried, and prints the count and the seed that repeats it. */
export class Fuzzing {
  /** Repeats a run: `HOLDFAST_FUZZ_SEED=…`. */
  readonly seed: number = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  /** Inputs tried. */
  inputs = 0;

  readonly #share: number;

  constructor(name: keyof typeof SHARES) {
    this.#share = SHARES[name];
    const started = performance.now();
    let before: string[] = [];
    beforeAll(() => {
      before = shapesOfPrototypes();
    });
    afterAll(() => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const shares = `its share ${SHARES[name]} of at least ${total} in all files`;
      console.info(`fuzz ${name}: ${this.inputs} inputs (${shares}) in ${seconds} s, seed ${this.seed}`);
      expect(shapesOfPrototypes()).toEqual(before);
    });
  }

  /** The last test of a file: all of its share was tried. It has no number, so that a run of some numbers leaves it out. */
  expectShare(): void {
    expect(this.inputs).toBeGreaterThanOrEqual(this.#share);
  }

  /** Tries a property this often. What it tries first are the regressions, given as examples. */
  async check<Values extends [unknown, ...unknown[]]>(
    runs: number,
    property: fc.IProperty<Values> | fc.IAsyncProperty<Values>,
    examples: Values[] = [],
  ): Promise<void> {
    const before = shapesOfPrototypes();
    await fc.assert(property as fc.IAsyncProperty<Values>, {
      ...{ seed: this.seed, numRuns: runs * times + examples.length, examples },
    });
    expect(shapesOfPrototypes()).toEqual(before);
  }
}

const PROTOTYPES = [Object, Array, Function, String, Number, Boolean, Map, Set, Promise, Error, RegExp];

/** Every own property of the prototypes that everything inherits from: pollution would change one. */
export function shapesOfPrototypes(): string[] {
  return PROTOTYPES.flatMap(({ name, prototype }) =>
    Reflect.ownKeys(prototype).map((key) => {
      const { value, get, writable, enumerable } = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
      const what = typeof value === "function" ? `function ${value.name}` : `${typeof value} ${String(get)}`;
      return `${name}.${String(key)}: ${what} ${writable} ${enumerable}`;
    }),
  );
}
