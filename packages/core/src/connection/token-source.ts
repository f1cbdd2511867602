import { type Clock, systemClock } from "../clock.ts";
import { isThenable } from "../deferred.ts";
import { abortError, HoldfastError } from "../errors.ts";
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
  /**
   * The token. A fetch is given up once nobody waits for it any more, where all who did have passed a signal.
   * @throws {HoldfastError} `timeout` when the fetch took too long, `aborted` by the signal; otherwise whatever the
   * fetch rejected with.
   */
  (options?: { signal?: AbortSignal }): Promise<Token>;
  /** Forgets the current token, if it is the one that was refused: a late refusal must not cost a fresh one. */
  expire(refused: Token): void;
}

/** A fetch, and the token it gave. */
interface Flight<Token> {
  readonly token: Promise<Token>;
  readonly askedAt: number;
  readonly stop: AbortController;
  /** Who waits, and can give up; `Infinity` once somebody waits who cannot. */
  waiting: number;
  given: { readonly token: Token } | undefined;
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
 * const used = new Map<number, string>();
 * const manager = createConnectionManager({
 *   protocol: teamProtocol,
 *   socket: webSocket(),
 *   url: async (team: number, { signal }) => {
 *     const current = await token({ signal });
 *     used.set(team, current);
 *     return `wss://example.com/team/${team}?token=${current}`;
 *   },
 *   isFinal: () => false, // a 401 asks for a fresh token
 * });
 * manager.on("disconnected", ({ key, cause }) => {
 *   if (cause.kind === "unauthorized") token.expire(used.get(key) ?? "");
 * });
 * ```
 */
export function createTokenSource<Token>(options: TokenSourceOptions<Token>): TokenSource<Token> {
  const fetch = functionOption("fetch", options?.fetch);
  const maxAgeMs = numberOption("maxAgeMs", options.maxAgeMs, 0);
  const timeoutMs = numberOption("timeoutMs", options.timeoutMs, 10_000, { min: 1 });
  const clock = options.clock ?? systemClock;
  let current: Flight<Token> | undefined;

  const begin = (): Flight<Token> => {
    const stop = new AbortController();
    const token = fetchWithin(fetch, stop, timeoutMs, clock);
    const flight: Flight<Token> = { token, askedAt: clock.now(), stop, waiting: 0, given: undefined };
    token.then(
      (value) => {
        flight.given = { token: value };
      },
      () => {
        if (current === flight) current = undefined;
      },
    );
    return flight;
  };
  const source = ({ signal }: { signal?: AbortSignal } = {}): Promise<Token> => {
    if (signal?.aborted) return Promise.reject(abortError("Token", signal));
    if (current?.given !== undefined && clock.now() - current.askedAt >= maxAgeMs) current = undefined;
    current ??= begin();
    if (signal !== undefined) return waitFor(current, signal);
    current.waiting = Number.POSITIVE_INFINITY;
    return current.token;
  };
  const expire = (refused: Token): void => {
    if (current?.given?.token === refused) current = undefined;
  };
  return Object.assign(source, { expire });
}

/** Waits until the signal aborts; the last to leave stops the fetch. */
function waitFor<Token>(flight: Flight<Token>, signal: AbortSignal): Promise<Token> {
  flight.waiting++;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(abortError("Token", signal));
      if (--flight.waiting === 0 && flight.given === undefined) flight.stop.abort();
    };
    const settled = (): void => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    flight.token.then(settled, settled);
    flight.token.then(resolve, reject);
  });
}

/** One fetch with its limit; what it says after that, or once it was stopped, is ignored. */
function fetchWithin<Token>(
  fetch: TokenSourceOptions<Token>["fetch"],
  stop: AbortController,
  timeoutMs: number,
  clock: Clock,
): Promise<Token> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      clock.clearTimer(timer);
      finish();
    };
    const { signal } = stop;
    const timer = clock.setTimer(() => {
      reject(new HoldfastError("timeout", `Token was not fetched within ${timeoutMs} ms`));
      stop.abort();
    }, timeoutMs);
    signal.addEventListener("abort", () => settle(() => reject(abortError("Token", signal))), { once: true });
    try {
      const answer = fetch(signal);
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
