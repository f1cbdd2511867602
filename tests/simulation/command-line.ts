import { numberIn, readFlags } from "../../scripts/command-line/flags.ts";
import { FAULT_LEGEND, planOf } from "./fault-plan.ts";

export const USAGE = `Usage: npm run simulate -- [options]

The real bot and the real RTM server on a simulated clock and network, with every fault there is,
driven by one seed. The same seed gives the same trace, on Node and on Deno.

  --seed <n>     the seed, 0 to 4294967295 (default: a fresh one, which is printed)
  --seeds <n>    that many fresh seeds, 1 to 1000000, one after the other
  --teams <n>    teams to begin with, 1 to 100000 (default: 100)
  --hours <n>    simulated time with faults, 0.001 to 1000 (default: 0.25)
  --only <list>  only these faults of the seed's plan, by their ids, such as 3,17; none for none
  --quiet        prints one line for each seed
  --help, -h     prints this

The faults
${FAULT_LEGEND}

If an invariant is violated, it prints the shortest way there that it can find.`;

/** What the command was asked for. */
export interface Command {
  readonly seeds: readonly number[];
  readonly teams: number;
  readonly hours: number;
  /** Ids of the faults to run; `undefined` for all. */
  readonly only: readonly number[] | undefined;
  readonly quiet: boolean;
}

/** `undefined` where the help was asked for. @throws {Error} for what it does not take, naming the flag and its value. */
export function parseCommandLine(args: readonly string[]): Command | undefined {
  const flags = readFlags(args, ["seed", "seeds", "teams", "hours", "only"], ["quiet"]);
  if (flags.help) return undefined;
  const seed = flags.whole("seed", 0, 0xffff_ffff);
  const fresh = flags.whole("seeds", 1, 1_000_000);
  const only = flags.text("only");
  const teams = flags.whole("teams", 1, 100_000) ?? 100;
  const hours = flags.number("hours", 0.001, 1_000) ?? 0.25;
  if (seed !== undefined && fresh !== undefined) throw new Error("--seed and --seeds exclude each other");
  if (only !== undefined && seed === undefined)
    throw new Error("--only needs the --seed whose plan it is of");
  const idsOf = (text: string): number[] => {
    if (text === "none") return [];
    const last = planOf({ seed: seed ?? 0, teams, faultsMs: hours * 3_600_000 }).length - 1;
    return text.split(",").map((id) => numberIn("--only", id.trim(), 0, last, true));
  };
  return {
    ...{ teams, hours, quiet: flags.is("quiet") },
    seeds: seed === undefined ? freshSeeds(fresh ?? 1) : [seed],
    only: only === undefined ? undefined : idsOf(only),
  };
}

/** Seeds that nobody has chosen. */
export function freshSeeds(count: number): number[] {
  return Array.from({ length: count }, () => crypto.getRandomValues(new Uint32Array(1))[0] as number);
}
