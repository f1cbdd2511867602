import type { Clock } from "@holdfast/core";
import type { RtmServer, TeamStats } from "@holdfast/core/rtm";
import { plural } from "../output/units.ts";
import { sameClaims } from "./claims.ts";
import type { Faults } from "./faults.ts";

/** What the client came to when it was left in peace. */
export interface Settled {
  /** Its last healthcheck; `undefined` when it gave none. */
  readonly claim: readonly TeamStats[] | undefined;
  /** Why it did not come to rest in time; `undefined` when it did. */
  readonly unsettled: string | undefined;
  /** Healthchecks that were asked for and not answered. */
  readonly unanswered: number;
  /** Team sockets that did not answer the last ping. */
  readonly unproven: number;
}

/** What settling needs. Traffic and faults must have stopped. */
export interface SettleOptions {
  readonly server: Pick<RtmServer, "healthcheck" | "stats">;
  readonly faults: Pick<Faults, "flush" | "pending">;
  readonly clock: Clock;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** The pause between two looks, in milliseconds. */
const PAUSE_MS = 250;
/** How long team sockets may take to answer a ping, in milliseconds. */
const FLUSH_MS = 5_000;

/**
 * Gives the client time to come to rest: until every team has a socket, every socket has answered a ping, which
 * proves that it received all it was sent, and two healthchecks in a row say the same and call every team
 * connected; or until the time is up. The claim that counts is the last one.
 */
export async function settle({ server, faults, clock, timeoutMs }: SettleOptions): Promise<Settled> {
  const until = clock.now() + timeoutMs;
  let claim: readonly TeamStats[] | undefined;
  let unanswered = 0;
  let unproven = 0;
  for (;;) {
    const late = clock.now() >= until;
    let why = notWhole(server, faults);
    // While teams are missing there is nothing to ask, unless it is now or never.
    if (why === undefined || late) {
      unproven = await faults.flush(FLUSH_MS);
      try {
        const answer = await server.healthcheck();
        why ??= notAtRest(answer, claim);
        claim = answer;
      } catch (error) {
        // No client, or it has just gone: another look shows whether one comes back.
        if ((error as { code?: unknown }).code === "timeout") unanswered++;
        why = (error as Error).message;
      }
    }
    if (why === undefined || late) return { claim, unsettled: why, unanswered, unproven };
    await pause(clock, PAUSE_MS);
  }
}

function notWhole(server: Pick<RtmServer, "stats">, faults: Pick<Faults, "pending">): string | undefined {
  const without = server.stats().teams.filter(({ sockets }) => sockets === 0).length;
  if (without > 0) return `${plural(without, "team")} ${without === 1 ? "has" : "have"} no socket`;
  return faults.pending > 0 ? "A fault is still under way" : undefined;
}

function notAtRest(
  claim: readonly TeamStats[],
  before: readonly TeamStats[] | undefined,
): string | undefined {
  const apart = claim.filter(({ connected }) => !connected).length;
  if (apart > 0) return `The healthcheck calls ${plural(apart, "team")} not connected`;
  if (before === undefined || !sameClaims(claim, before)) return "Two healthchecks in a row differ";
  return undefined;
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(resolve, ms));
}
