import { readFlags } from "../command-line/flags.ts";

/** What a herd is told. */
export interface HerdFlags {
  readonly teams: number;
  /** Dials a second. */
  readonly rate: number;
  /** Dials under way at once. */
  readonly concurrency: number;
  /** How long nobody listens, in milliseconds. */
  readonly downMs: number;
  readonly runs: number;
  /** The longest stall of the loop that is allowed, in milliseconds. */
  readonly maxStallMs: number;
  readonly json: boolean;
  /** Where the bot's processor profile is written. */
  readonly profile: string | undefined;
}

/** What `--help` prints. */
export const HELP: string = `Usage: npm run herd -- [options]

Thousands of teams lose their server at one moment: its process is killed, and another one takes the port.

  --teams <n>        how many teams, 1 to 20000 (default 5000)
  --rate <n>         dials a second, 1 to 100000 (default 200)
  --concurrency <n>  dials under way at once, 1 to 10000 (default 100)
  --down <ms>        from the kill to the start of the next server, 1 to 60000 (default 500)
  --runs <n>         how often, 1 to 100; of several, medians and extremes are printed (default 1)
  --max-stall <ms>   the bar for stalls of the loop, 1 to 10000 (default 50)
  --json             print the report as JSON, and nothing else
  --profile <dir>    write a processor profile of the bot there
  --help, -h         print this

What must hold in every run
  no 100 ms with more dials than a tenth of the rate, rounded up, as seen at the socket factory
  the global connection is the first one back
  all teams are back, and a healthcheck calls all of them connected
  no stall of the bot's loop over the bar, from the loss to the return of the last team
  no unhandled rejection and no uncaught exception; exit within 100 ms of "closed"`;

/** Reads the flags; `undefined` where the help was asked for. @throws {RangeError | TypeError} for a bad one. */
export function herdFlags(args: readonly string[]): HerdFlags | undefined {
  const valued = ["teams", "rate", "concurrency", "down", "runs", "max-stall", "profile"] as const;
  const flags = readFlags(args, valued, ["json"]);
  if (flags.help) return undefined;
  return {
    teams: flags.whole("teams", 1, 20_000) ?? 5_000,
    rate: flags.whole("rate", 1, 100_000) ?? 200,
    concurrency: flags.whole("concurrency", 1, 10_000) ?? 100,
    downMs: flags.whole("down", 1, 60_000) ?? 500,
    runs: flags.whole("runs", 1, 100) ?? 1,
    maxStallMs: flags.whole("max-stall", 1, 10_000) ?? 50,
    json: flags.is("json"),
    profile: flags.text("profile"),
  };
}
