import { type Clock, systemClock } from "../clock.ts";
import { isThenable } from "../deferred.ts";
import { HoldfastError } from "../errors.ts";
import { functionOption, numberOption } from "../options.ts";

/** What `createTokenSource` takes. */
export interface TokenSourceOptions<Token> {
  /** Gets a fresh token. Called once, however many connections wait for it. */
  fetch: (signal: AbortSignal) => Token | Promise<Token>;
  /** How long a token is good, from when it was asked for, in milliseconds. @default 0: it serves only who waited for it */
  maxAgeMs?: number;
  /** How long one fetch may take before its waiters are told and the next asker begins anew, in milliseconds. @default 10000 */
  timeoutMs?: number;
  /** The clock. @default the host's monotonic clock */
  clock?: Clock;
}

/** Gives the current token, or waits for a fresh one. */
export interface TokenSource<Token> {
  /** @throws {HoldfastError} `timeout` when the fetch took too long; otherwise whatever the fetch rejected with. */
  (): Promise<Token>;
  /** Forgets the current token: the server refused it. A fetch that is under way goes on. */
  expire(): void;
}

/** A fetch, or the token it gave. */
interface Flight<Token> {
  readonly token: Promise<Token>;
  readonly askedAt: number;
  settled: boolean;
}

/**
 * One source of tokens for many connections: those that ask while a fetch is under way share it, so that a crowd
 * whose token ran out together asks the token server once. What was not a success is never kept.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { createConnectionManager, createTokenSource, webSocket } from "@holdfast/core";
 * import { teamProtocol } from "@holdfast/core/rtm";
 *
 * const token = createTokenSource({
 *   fetch: async (signal) => (await fetch("https://example.com/token", { signal })).text(),
 *   maxAgeMs: 60_000,
 * });
 * const manager = createConnectionManager({
 *   protocol: teamProtocol,
 *   socket: webSocket(),
 *   url: async (team: number) => `wss://example.com/team/${team}?token=${await token()}`,
 * });
 * manager.on("disconnected", ({ cause }) => cause.status === 401 && token.expire());
 * ```
 */
export function createTokenSource<Token>(options: TokenSourceOptions<Token>): TokenSource<Token> {
  const fetch = functionOption("fetch", options?.fetch);
  const maxAgeMs = numberOption("maxAgeMs", options.maxAgeMs, 0);
  const timeoutMs = numberOption("timeoutMs", options.timeoutMs, 10_000, { min: 1 });
  const clock = options.clock ?? systemClock;
  let current: Flight<Token> | undefined;

  const begin = (): Flight<Token> => {
    const flight: Flight<Token> = {
      token: fetchWithin(fetch, timeoutMs, clock),
      askedAt: clock.now(),
      settled: false,
    };
    flight.token.then(
      () => {
        flight.settled = true;
      },
      () => {
        if (current === flight) current = undefined;
      },
    );
    return flight;
  };
  const source = (): Promise<Token> => {
    if (current?.settled && clock.now() - current.askedAt >= maxAgeMs) current = undefined;
    current ??= begin();
    return current.token;
  };
  const expire = (): void => {
    if (current?.settled) current = undefined;
  };
  return Object.assign(source, { expire });
}

/** One fetch with its limit; what it says after that is ignored. */
function fetchWithin<Token>(
  fetch: TokenSourceOptions<Token>["fetch"],
  timeoutMs: number,
  clock: Clock,
): Promise<Token> {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const timer = clock.setTimer(() => {
      reject(new HoldfastError("timeout", `Token was not fetched within ${timeoutMs} ms`));
      stop.abort();
    }, timeoutMs);
    const settle = (finish: () => void): void => {
      clock.clearTimer(timer);
      finish();
    };
    try {
      const answer = fetch(stop.signal);
      if (!isThenable(answer)) return settle(() => resolve(answer));
      answer.then(
        (token) => settle(() => resolve(token as Token)),
        (error) => settle(() => reject(error)),
      );
    } catch (error) {
      settle(() => reject(error));
    }
  });
}
