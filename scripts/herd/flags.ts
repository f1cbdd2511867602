import { parseArgs } from "node:util";

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

  --teams <n>        how many teams (default 5000)
  --rate <n>         dials a second (default 200)
  --concurrency <n>  dials under way at once (default 100)
  --down <ms>        from the kill to the start of the next server (default 500)
  --runs <n>         how often; of several, medians and extremes are printed (default 1)
  --max-stall <ms>   the bar for stalls of the loop (default 50)
  --json             print the report as JSON, and nothing else
  --profile <dir>    write a processor profile of the bot there
  --help             print this

What must hold in every run
  no 100 ms with more dials than a tenth of the rate, rounded up, as seen at the socket factory
  the global connection is the first one back
  all teams are back, and a healthcheck calls all of them connected
  no stall of the bot's loop over the bar, from the loss to the return of the last team
  no unhandled rejection and no uncaught exception; exit within 100 ms of "closed"

Exit codes
  0  all of it holds
  1  something does not
  2  bad usage`;

/** Reads the flags; `undefined` where the help was asked for. @throws {RangeError | TypeError} for a bad one. */
export function herdFlags(args: readonly string[]): HerdFlags | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      teams: { type: "string", default: "5000" },
      rate: { type: "string", default: "200" },
      concurrency: { type: "string", default: "100" },
      down: { type: "string", default: "500" },
      runs: { type: "string", default: "1" },
      "max-stall": { type: "string", default: "50" },
      json: { type: "boolean", default: false },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const integer = (name: keyof typeof values, max: number): number => {
    const text = String(values[name]);
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= 1 && value <= max) return value;
    throw new RangeError(`--${name} must be an integer from 1 to ${max}: got ${text}`);
  };
  return {
    ...{ teams: integer("teams", 20_000), rate: integer("rate", 100_000), runs: integer("runs", 100) },
    ...{ concurrency: integer("concurrency", 10_000), downMs: integer("down", 60_000) },
    ...{ maxStallMs: integer("max-stall", 10_000), json: values.json, profile: values.profile },
  };
}
