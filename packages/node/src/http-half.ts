import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Refusal } from "@holdfast/core";
import { BAD_REQUEST, FETCH_FAILED, messageOf, peerAddress } from "@holdfast/core/socket";
import { createRequest, sendResponse } from "@remix-run/node-fetch-server";
import { PLAIN } from "./raw-answer.ts";
import { leaveBody } from "./unread-body.ts";

/**
 * Answers an HTTP request: a WHATWG `Request` in, a `Response` out. `request.signal` is aborted when the caller hangs
 * up; `peer` is its IP address. Should it throw or reject, the answer is 500 and the console is told.
 */
export type Fetch = (request: Request, peer?: string) => Response | Promise<Response>;

/** What may stand in a `Host` header: a name or an address, and a port. Anything else would become part of the path. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/** The HTTP half of a server: requests go to `fetch`. */
export function fetching(fetch: Fetch): RequestListener {
  return (message, response) => void answer(fetch, message, response);
}

/** The HTTP half of a server that has only upgrades. */
export const upgradesOnly: RequestListener = (_message, response) => {
  response.writeHead(426, { ...PLAIN, Connection: "close", Upgrade: "websocket" });
  response.end(STATUS_CODES[426]);
};

/** Sends an answer of the server itself, after which the connection is closed. */
export function refuse(response: ServerResponse, { status, reason, headers }: Refusal): void {
  response.writeHead(status, {
    ...headers,
    "Content-Length": Buffer.byteLength(reason),
    Connection: "close",
  });
  response.end(reason);
}

async function answer(fetch: Fetch, message: IncomingMessage, response: ServerResponse): Promise<void> {
  // Of the peer's own end: nobody is left to be told.
  response.on("error", () => {});
  const request = requestOf(message, response);
  if (request === undefined) return refuse(response, BAD_REQUEST);
  try {
    const answered: unknown = await fetch(request, peerAddress(message.socket.remoteAddress));
    if (!isResponse(answered)) throw new TypeError(`it must give a Response: got ${typeof answered}`);
    if (!message.complete) await leaveBody(message, response, request.body, answered.body);
    if (response.destroyed) await answered.body?.cancel();
    else await sendResponse(response, answered);
  } catch (error) {
    // Whoever hung up aborted what the answer was waiting for: that is no failure.
    if (response.destroyed) return;
    console.error(`Fetch of a server failed: ${messageOf(error)}`);
    if (response.headersSent) response.destroy();
    else refuse(response, FETCH_FAILED);
  }
}

function requestOf(message: IncomingMessage, response: ServerResponse): Request | undefined {
  // HTTP/1.0 needs none.
  const { host = message.httpVersion === "1.0" ? "localhost" : "" } = message.headers;
  if (!message.url?.startsWith("/") || !HOST.test(host)) return undefined;
  try {
    return createRequest(message, response);
  } catch {
    // Methods that `fetch` knows nothing of, such as TRACE.
    return undefined;
  }
}

function isResponse(answered: unknown): answered is Response {
  const { status, headers } = (answered ?? {}) as Partial<Response>;
  return typeof status === "number" && typeof headers?.get === "function";
}
