import type { Refusal } from "./listener.ts";

/** How long somebody who was not let in is to stay away, in seconds. */
const RETRY_AFTER: Readonly<Record<string, string>> = { "Retry-After": "5" };

function refusal(
  status: number,
  code: string,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  const reason = JSON.stringify({ success: false, error, code });
  return { status, reason, headers: { "Content-Type": "application/json", ...headers } };
}

/** What a listener itself answers, in the shape of a service's own answers: a request that cannot be read. */
export const BAD_REQUEST: Refusal = refusal(400, "BAD_REQUEST", "Request cannot be read");

/** A request with more headers than are taken. */
export const TOO_MANY_HEADERS: Refusal = refusal(431, "TOO_MANY_HEADERS", "Request has too many headers");

/** A `fetch` that threw or rejected. */
export const FETCH_FAILED: Refusal = refusal(500, "INTERNAL", "Server failed to answer");

/** More connections than are taken. */
export const OVERLOADED: Refusal = refusal(
  503,
  "OVERLOADED",
  "Server has no room for more connections",
  RETRY_AFTER,
);

/** An acceptor that gave no answer in time. */
export const UNDECIDED: Refusal = refusal(503, "OVERLOADED", "Server could not decide in time", RETRY_AFTER);
