import { parseArgs } from "node:util";

export const USAGE = `Usage: npm run simulate -- [options]

The real bot and the real RTM server on a simulated clock and network, with every fault there is,
driven by one seed. The same seed gives the same trace, on Node and on Deno.

  --seed <n>     the seed, 0 to 4294967295 (default: a fresh one, which is printed)
  --seeds <n>    that many fresh seeds, one after the other
  --teams <n>    teams to begin with, 1 to 100000 (default: 100)
  --hours <n>    simulated time with faults, up to 1000 (default: 0.25)
  --only <list>  only these faults of the seed's plan, by their ids, such as 3,17; none for none
  --quiet        prints one line for each seed
  --help         prints this

It ends with 1 if an invariant is violated, and prints the shortest way there that it can find.`;

/** What the command was asked for. */
export interface Command {
  readonly seeds: readonly number[];
  readonly teams: number;
  readonly hours: number;
  /** Ids of the faults to run; `undefined` for all. */
  readonly only: readonly number[] | undefined;
  readonly quiet: boolean;
  readonly help: boolean;
}

/** @throws {Error} for what it does not take, naming the flag and its value. */
export function parseCommandLine(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      seeds: { type: "string" },
      teams: { type: "string" },
      hours: { type: "string" },
      only: { type: "string" },
      quiet: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  const { seed, seeds, only } = values;
  if (seed !== undefined && seeds !== undefined) throw new Error("--seed and --seeds exclude each other");
  if (only !== undefined && seed === undefined)
    throw new Error("--only needs the --seed whose plan it is of");
  const fresh = seeds === undefined ? 1 : wholeNumber("--seeds", seeds, 1, 1_000_000);
  return {
    seeds: seed === undefined ? freshSeeds(fresh) : [wholeNumber("--seed", seed, 0, 0xffff_ffff)],
    teams: values.teams === undefined ? 100 : wholeNumber("--teams", values.teams, 1, 100_000),
    hours: values.hours === undefined ? 0.25 : hoursOf(values.hours),
    only: only === undefined ? undefined : idsOf(only),
    quiet: values.quiet === true,
    help: values.help === true,
  };
}

/** Seeds that nobody has chosen. */
export function freshSeeds(count: number): number[] {
  return Array.from({ length: count }, () => crypto.getRandomValues(new Uint32Array(1))[0] as number);
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`${flag} must be a whole number from ${least} to ${most}: got ${text}`);
}

function hoursOf(text: string): number {
  const hours = text.trim() === "" ? Number.NaN : Number(text);
  if (hours > 0 && hours <= 1_000) return hours;
  throw new Error(`--hours must be a number over 0, and 1000 at most: got ${text}`);
}

function idsOf(text: string): number[] {
  if (text === "none") return [];
  return text.split(",").map((id) => wholeNumber("--only", id.trim(), 0, 1_000_000_000));
}
