import type { Clock } from "../../clock.ts";
import { backoff } from "../../connection/backoff.ts";
import { clip, HoldfastError, messageOf } from "../../errors.ts";
import { printableAddress } from "../../socket/address.ts";
import { causeOfStatus } from "../../socket/close-cause.ts";
import { currentToken, withToken } from "./client-token.ts";
import type { EmitCall } from "./emit-call.ts";
import { type EmitAnswer, outcomeOf } from "./emit-call-answer.ts";

/** How long it may go on. */
interface Patience {
  readonly clock: Clock;
  /** Aborted with what is to be thrown. */
  readonly signal: AbortSignal;
  /** When there is no time left, on the clock. */
  readonly until: number;
}

/** An attempt that may be made again. */
interface Failure {
  readonly error: HoldfastError;
  /** How long the server asked to be left alone. */
  readonly retryAfterMs: number;
}

/** A chain of causes may be a ring. */
const MAX_CAUSES = 10;

const wait = backoff({ baseMs: 200, maxMs: 5_000 });

/** Sends it until it is answered, as often as it may; always with the same key, so that it is delivered once. */
export async function tryEmit(call: EmitCall, { clock, signal, until }: Patience): Promise<EmitAnswer> {
  for (let failures = 1; ; failures++) {
    const result = await attempt(call, signal);
    if (!("error" in result)) return result;
    const delayMs = Math.max(result.retryAfterMs, wait(failures, call.random));
    // A wait that would outlast the caller's patience is not begun: why it failed says more than that it took too long.
    if (failures > call.retries || clock.now() + delayMs >= until) throw result.error;
    await pause(clock, delayMs, signal);
    if (signal.aborted) throw signal.reason;
  }
}

async function attempt(call: EmitCall, signal: AbortSignal): Promise<EmitAnswer | Failure> {
  const headers = await headersOf(call, signal);
  let response: Response | undefined;
  try {
    response = await call.fetch(call.url.href, {
      method: "POST",
      headers,
      body: call.body,
      signal,
      credentials: "omit",
      cache: "no-store",
      // A redirect would make it a GET, or carry the token elsewhere.
      redirect: "manual",
    });
    return await outcomeOf(response, call);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (response === undefined || !isAnswered(error))
      return { error: networkError(call.url, error), retryAfterMs: 0 };
    const { status } = response;
    if (status !== 429 && status !== 503) throw error;
    const { retryAfterMs = 0 } = causeOfStatus(status, response.headers.get("retry-after"));
    return { error, retryAfterMs };
  }
}

async function headersOf({ token, key }: EmitCall, signal: AbortSignal): Promise<Record<string, string>> {
  const headers = { "content-type": "application/json", "idempotency-key": key };
  let bearer: string | undefined;
  try {
    bearer = await currentToken(token, signal);
  } catch (cause) {
    const final = (cause as { code?: unknown } | null)?.code === "unauthorized";
    const problem = `Emit has no token: ${messageOf(cause)}`;
    throw new HoldfastError(final ? "unauthorized" : "dial-failed", problem, { cause });
  }
  return bearer === undefined ? headers : { ...withToken({ headers }, bearer, "header").headers };
}

/** By its code and not by `instanceof`: the answer was read, and is not one to be taken. */
function isAnswered(error: unknown): error is HoldfastError {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "server-error" || code === "unauthorized";
}

/** Some runtimes print the whole address, in whose query a token may be: then what was thrown is not passed on. */
function networkError(url: URL, cause: unknown): HoldfastError {
  const told = withReason(cause);
  const hides = url.search !== "" && told.includes(url.search);
  const problem = `Emit to ${printableAddress(url)} failed: ${clip(hides ? told.replaceAll(url.search, "") : told)}`;
  return new HoldfastError("dial-failed", problem, hides ? {} : { cause });
}

/** Node says no more than "fetch failed": why is the innermost cause, which may have a code and no text. */
function withReason(error: unknown): string {
  const told = messageOf(error);
  let reason = "";
  let cause = causeOf(error);
  for (let depth = 0; depth < MAX_CAUSES && cause !== undefined; depth++, cause = causeOf(cause)) {
    reason = messageOf(cause) || String((cause as { code?: unknown }).code ?? "") || reason;
  }
  return told.includes(reason) ? told : `${told}: ${reason}`;
}

function causeOf(error: unknown): Error | undefined {
  const { cause } = (error ?? {}) as { cause?: unknown };
  return cause instanceof Error ? cause : undefined;
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(resolve, delayMs);
    const end = (): void => {
      clock.clearTimer(timer);
      resolve();
    };
    signal.addEventListener("abort", end, { once: true });
  });
}
