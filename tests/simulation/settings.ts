import type { BotOptions } from "@holdfast/core/rtm";

/** What one run is made of: the seed decides everything else. */
export interface RunOptions {
  readonly seed: number;
  readonly teams: number;
  /** How long faults strike, in simulated milliseconds, without what the machine sleeps. */
  readonly faultsMs: number;
}

/** The times of the bot under test, written out: the invariants are derived from these numbers. */
export interface Profile {
  readonly backoff: {
    readonly baseMs: number;
    readonly maxMs: number;
    readonly factor: number;
    readonly floor: number;
  };
  readonly heartbeat: { readonly intervalMs: number; readonly timeoutMs: number };
  readonly connectTimeoutMs: number;
  readonly helloTimeoutMs: number;
  readonly askTimeoutMs: number;
  readonly stableAfterMs: number;
  readonly closeTimeoutMs: number;
}

/** A bot's defaults. */
const DEFAULTS: Profile = {
  backoff: { baseMs: 1_000, maxMs: 60_000, factor: 2, floor: 0.2 },
  heartbeat: { intervalMs: 30_000, timeoutMs: 10_000 },
  connectTimeoutMs: 10_000,
  helloTimeoutMs: 10_000,
  askTimeoutMs: 5_000,
  stableAfterMs: 10_000,
  closeTimeoutMs: 1_000,
};

/** One that is in a hurry: far more happens in the same time, and timers meet that are far apart otherwise. */
const HASTY: Profile = {
  backoff: { baseMs: 50, maxMs: 3_000, factor: 3, floor: 0.5 },
  heartbeat: { intervalMs: 2_500, timeoutMs: 1_500 },
  connectTimeoutMs: 2_000,
  helloTimeoutMs: 1_000,
  askTimeoutMs: 800,
  stableAfterMs: 1_200,
  closeTimeoutMs: 150,
};

/** Two of three seeds run the defaults. */
export const profileOf = ({ seed }: Pick<RunOptions, "seed">): Profile => (seed % 3 === 2 ? HASTY : DEFAULTS);

/** Few, so that departed teams are forgotten in most runs. */
export const maxDepartedTeams = (teams: number): number => Math.ceil(teams / 5);
export const MAX_MESSAGE_BYTES = 4_096;
/** How long "try again later" asks for at most, in milliseconds. */
export const MAX_LATER_MS = 30_000;
/** How late a server event comes at most, in milliseconds. */
export const MAX_LATE_MS = 4_000;

/** Dials a second: low enough that every run is paced, and a crowd of a thousand is back within five seconds. */
export const dialRate = (teams: number): number => Math.max(20, Math.ceil(teams / 5));
export const DIAL_CONCURRENCY = 30;

/** How many dials any 100 ms may hold: the rate's share, rounded up. */
export const dialsPerWindow = (teams: number): number => Math.ceil(dialRate(teams) / 10);

/** The options of the bot under test, but for its address, clock, randomness and sockets. */
export function botOptions(options: RunOptions): Omit<BotOptions, "url" | "socket"> {
  const { teams } = options;
  return {
    ...profileOf(options),
    onGoodbye: "reconnect",
    maxDepartedTeams: maxDepartedTeams(teams),
    maxMessageBytes: MAX_MESSAGE_BYTES,
    dials: { rate: dialRate(teams), concurrency: DIAL_CONCURRENCY },
  };
}

/**
 * Within this time after the last fault every team must be back, in milliseconds. Part by part, at the worst:
 *
 * 1. A connection went half-open just then: found after a heartbeat's interval and timeout, and another timeout if a
 *    stall had earned the peer a grace. Or an attempt is under way that is lost already: it takes up to the connect
 *    timeout and then the hello timeout.
 * 2. The next attempt waits for the backoff's cap, or for as long as the host had asked for, if that is longer.
 * 3. Teams need the global connection for their address. Who waits is retried as soon as it is back; who is in an
 *    attempt with a spent address just then loses that too (connect and hello timeout) and waits once more.
 * 4. All of them dial at the gate's rate, and one whose `team.connect` was lost asks again after the ask timeout.
 */
export function recoveryBoundMs(options: RunOptions): number {
  const { heartbeat, connectTimeoutMs, helloTimeoutMs, askTimeoutMs, backoff } = profileOf(options);
  const findMs = heartbeat.intervalMs + 2 * heartbeat.timeoutMs;
  const attemptMs = connectTimeoutMs + helloTimeoutMs;
  const waitMs = Math.max(backoff.maxMs, MAX_LATER_MS);
  const crowdMs = (options.teams / dialRate(options.teams)) * 1_000;
  return Math.max(findMs, attemptMs) + waitMs + (attemptMs + waitMs) + crowdMs + askTimeoutMs;
}
