import type { Refusal } from "@holdfast/core";
import { FETCH_FAILED, messageOf } from "@holdfast/core/socket";

/**
 * Answers an HTTP request: a WHATWG `Request` in, a `Response` out. `request.signal` is aborted when the caller hangs
 * up; `peer` is its IP address. Should it throw or reject, the answer is 500 and the console is told.
 */
export type Fetch = (request: Request, peer?: string) => Response | Promise<Response>;

/** The answer of `fetch`, or of the server itself where that fails. */
export async function answerOf(fetch: Fetch, request: Request, peer: string | undefined): Promise<Response> {
  try {
    const response: unknown = await fetch(request, peer);
    if (response instanceof Response) return response;
    throw new TypeError(`it must give a Response: got ${typeof response}`);
  } catch (error) {
    // Whoever hung up aborted what the answer was waiting for: that is no failure.
    if (!request.signal.aborted) console.error(`Fetch of a server failed: ${messageOf(error)}`);
    return refusal(FETCH_FAILED);
  }
}

/** A refusal as a response, after which the connection is to be closed. */
export function refusal({ status, reason, headers }: Refusal): Response {
  const all = new Headers({ ...headers });
  if (!all.has("content-type")) all.set("content-type", "text/plain; charset=utf-8");
  all.set("connection", "close");
  all.delete("content-length");
  return new Response(reason, { status, headers: all });
}
