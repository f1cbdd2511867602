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

/** A request with headers that are larger than what is taken. */
export const HEADERS_TOO_LARGE: Refusal = refusal(431, "HEADERS_TOO_LARGE", "Request has too large headers");

/** A request that did not come to its end in time. */
export const REQUEST_TIMEOUT: Refusal = refusal(408, "REQUEST_TIMEOUT", "Request did not come in time");

/** A WebSocket is asked for by another method than GET. */
export const UPGRADE_BY_GET: Refusal = refusal(
  405,
  "METHOD_NOT_ALLOWED",
  "Upgrade must be asked for by GET",
  {
    Allow: "GET",
  },
);

/** A WebSocket is asked for in a version that is not spoken. */
export const WEB_SOCKET_VERSION: Refusal = refusal(
  400,
  "BAD_REQUEST",
  "Sec-WebSocket-Version must be 13 or 8",
  { "Sec-WebSocket-Version": "13, 8" },
);

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
