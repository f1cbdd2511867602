import { parseArgs } from "node:util";
import { BREAKAGE_HELP, BREAKAGES, type Breakage } from "./breakage.ts";

/** What a soak is told. */
export interface SoakFlags {
  readonly teams: number;
  /** In milliseconds. */
  readonly forMs: number;
  /** Messages a second over all teams. */
  readonly rate: number;
  readonly seed: number;
  readonly json: boolean;
  readonly breakage: Breakage | undefined;
}

/** What `--help` prints. */
export const HELP: string = `Usage: npm run soak -- [options]

A server with faults and a bot, each in a process of its own, over real sockets on the loopback.

  --teams <n>      how many teams (default 500)
  --for <seconds>  how long there is traffic (default 300)
  --rate <n>       messages a second over all teams (default twice the teams)
  --seed <n>       repeats the random choices of the server (default random)
  --json           print the report as JSON, and nothing else
  --break <how>    break the bot, to see that it is found out:
${BREAKAGES.map((name) => `                     ${name.padEnd(8)} ${BREAKAGE_HELP[name]}`).join("\n")}
  --help           print this

What happens to the bot
  team sockets   cut off, muted, sent garbage; dials refused, welcomed and cut off at once
  on the way     dials never answered, 429 and 503 with Retry-After, other statuses, RST, FIN, answered byte by byte
  global         cut off, half-open without a pong, events said twice and late, 503
  server         no connection and no listener for 0.7 s, then back on the same port

What must hold
  traffic      a tenth of the messages asked for found a live socket
  counts       every message that a live socket took is claimed exactly once, props likewise, at every healthcheck
               no count goes back or ahead, and the bot's own events say the same
  one socket   never two open sockets of a team, half-open ones included, as pings prove that the bot answers
  faults       in runs of 20 s and 100 teams or more: each happened
  memory       sampled right after a forced collection, while four in five teams are up, after a warm-up of a third of
               the run or a minute. A straight line by least squares, its standard error widened by the correlation of
               neighbours: the rise, less two standard errors, must not be above the bound.
  stray errors no unhandled rejection and no uncaught exception, in either process
  exit         within 100 ms of the bot's "closed", with code 0

The bounds of memory, in KiB a minute
  The heap is what is live after a collection, without the engine's compiled code, which goes on growing for many
  minutes and holds no data. 120 s or more after the warm-up: heap 256, RSS 4096. With 500 teams a minute has some
  54,000 messages and 450 reconnects: a heap of 256 means 5 bytes left behind by each message, which is less than any
  object, or 600 by each reconnect, of the several thousand that a connection takes. RSS has sixteen times that: it
  is what the system keeps for the process, code included, and moves in large steps.
  Shorter: heap 2048, RSS 32768. A run of 30 s sees 20 s of that, in which caches still fill: it can find a coarse
  leak, such as 40 bytes for each message, and no finer one. Under 10 s there is no verdict.

Exit codes
  0  all of it holds
  1  something does not
  2  bad usage`;

/** Reads the flags; `undefined` where the help was asked for. @throws {RangeError | TypeError} for a bad one. */
export function soakFlags(args: readonly string[]): SoakFlags | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      teams: { type: "string", default: "500" },
      for: { type: "string", default: "300" },
      rate: { type: "string" },
      seed: { type: "string" },
      json: { type: "boolean", default: false },
      break: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const teams = within("--teams", values.teams, 1, 10_000);
  const breakage = BREAKAGES.find((name) => name === values.break);
  if (values.break !== undefined && breakage === undefined)
    throw new RangeError(`--break must be one of ${BREAKAGES.join(", ")}: got ${values.break}`);
  return {
    teams: Math.floor(teams),
    forMs: within("--for", values.for, 1, 86_400) * 1000,
    rate: within("--rate", values.rate ?? String(2 * teams), 0, 100_000),
    seed: within("--seed", values.seed ?? String(Math.floor(Math.random() * 2 ** 32)), 0, 2 ** 32 - 1),
    json: values.json,
    breakage,
  };
}

function within(name: string, text: string, min: number, max: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new RangeError(`${name} must be a number from ${min} to ${max}: got ${text}`);
}
