import { readFlags } from "../command-line/flags.ts";
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

  --teams <n>      how many teams, 1 to 10000 (default 500)
  --for <seconds>  how long there is traffic, 1 to 86400 (default 300)
  --rate <n>       messages a second over all teams, 1 to 100000 (default twice the teams)
  --seed <n>       repeats the random choices of the server, 0 to 4294967295 (default random)
  --json           print the report as JSON, and nothing else
  --break <how>    break the bot, to see that it is found out:
${BREAKAGES.map((name) => `                     ${name.padEnd(8)} ${BREAKAGE_HELP[name]}`).join("\n")}
  --help, -h       print this

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
  faults       each happened; judged from 10,000 teams times seconds on
  memory       no rise over its bound, in KiB a minute, by more than chance, after a warm-up of a third of the run or a
               minute. The heap may rise by 2048 and RSS by 32768; from 120 s after the warm-up on, by 256 and 4096.
               With less than 10 s after the warm-up it is not judged.
  stray errors no unhandled rejection and no uncaught exception, in either process
  exit         within 100 ms of the bot's "closed", with code 0

  ✓ holds   ✗ does not   – not judged: too short a run, too few teams, or ended early`;

/** Reads the flags; `undefined` where the help was asked for. @throws {RangeError | TypeError} for a bad one. */
export function soakFlags(args: readonly string[]): SoakFlags | undefined {
  const flags = readFlags(args, ["teams", "for", "rate", "seed", "break"], ["json"]);
  if (flags.help) return undefined;
  const teams = flags.whole("teams", 1, 10_000) ?? 500;
  const how = flags.text("break");
  const breakage = BREAKAGES.find((name) => name === how);
  if (how !== undefined && breakage === undefined)
    throw new RangeError(`--break must be one of ${BREAKAGES.join(", ")}: got ${how}`);
  return {
    teams,
    forMs: (flags.number("for", 1, 86_400) ?? 300) * 1000,
    rate: flags.whole("rate", 1, 100_000) ?? 2 * teams,
    seed: flags.whole("seed", 0, 2 ** 32 - 1) ?? Math.floor(Math.random() * 2 ** 32),
    json: flags.is("json"),
    breakage,
  };
}
