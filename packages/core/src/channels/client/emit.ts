import { type Clock, type Random, systemClock } from "../../clock.ts";
import { abortError, HoldfastError } from "../../errors.ts";
import { numberOption, objectOption, signalOption } from "../../options.ts";
import type { EmitOptions } from "../server/server-options.ts";
import type { BearerToken } from "./client-token.ts";
import { emitCall } from "./emit-call.ts";
import type { EmitAnswer } from "./emit-call-answer.ts";
import { tryEmit } from "./emit-call-attempts.ts";

/** Where and how to emit over HTTP. */
export interface EmitRequestOptions extends EmitOptions {
  /** The channel's name, unencoded. */
  channel: string;
  /** A bearer token, or where to get one. @default none */
  token?: BearerToken;
  /** Delivers once for each key and channel within ten minutes. @default one of its own for each call */
  idempotencyKey?: string;
  /** How long it may take, with what is tried again, in milliseconds. @default 15000 */
  timeoutMs?: number;
  /** How often it is tried again after a failure of the network, 429 or 503; always with the same key. @default 2 */
  retries?: number;
  /** Gives it up; an event that is on its way is not taken back. */
  signal?: AbortSignal;
  /** What sends the request. @default the host's `fetch` */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** The clock. @default the host's monotonic clock */
  clock?: Clock;
  /** Randomness for jitter, in [0, 1). @default Math.random */
  random?: Random;
}

/**
 * Emits an event over HTTP and tells what became of it. That nobody is there, or that not everybody acknowledged, is
 * an outcome and is not thrown.
 *
 * @param url The server, such as `https://channels.example`, without the channel; `wss:` means the same host. It holds
 * neither `clients` nor `require-ack`, which are options, and no password.
 * @param payload Any JSON but nothing: neither `null` nor `{}`.
 * @throws {HoldfastError} `bad-message` for a payload that is no JSON, `unauthorized`, `server-error` with the
 * status and the server's code, `dial-failed` when the network failed, with its reason, `timeout`, `aborted`.
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { emit } from "@holdfast/core/channels";
 *
 * async function announce(headline: string): Promise<boolean> {
 *   const { acknowledged, acked } = await emit("http://localhost:8080", { headline }, { channel: "news", requireAck: true });
 *   console.log("acknowledged by", acked);
 *   return acknowledged;
 * }
 * ```
 */
export async function emit(
  url: string | URL,
  payload: unknown,
  options: EmitRequestOptions,
): Promise<EmitAnswer> {
  // In JavaScript they may be missing, which is told as the channel that is missing.
  const given = objectOption("options", options) as EmitRequestOptions;
  const signal = signalOption("signal", given.signal);
  const timeoutMs = numberOption("timeoutMs", given.timeoutMs, 15_000, { min: 1 });
  const clock = given.clock ?? systemClock;
  const call = emitCall(url, payload, given);
  if (signal?.aborted) throw abortError("Emit", signal);

  const stop = new AbortController();
  const abort = (): void => stop.abort(abortError("Emit", signal as AbortSignal));
  const late = (): void =>
    stop.abort(new HoldfastError("timeout", `Emit got no answer within ${timeoutMs} ms`));
  signal?.addEventListener("abort", abort, { once: true });
  const timer = clock.setTimer(late, timeoutMs);
  const stopped = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener("abort", () => reject(stop.signal.reason), { once: true });
  });
  try {
    // Not by the request's own end: a `fetch` that heeds no signal must not hold the caller.
    return await Promise.race([
      tryEmit(call, { clock, signal: stop.signal, until: clock.now() + timeoutMs }),
      stopped,
    ]);
  } finally {
    clock.clearTimer(timer);
    signal?.removeEventListener("abort", abort);
    // Ends a request that nobody waits for any more.
    stop.abort();
  }
}
