import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import type { Acceptor, HttpListener, Refusal } from "@holdfast/core";
import {
  ACCEPT_TIMEOUT_MS,
  atLeastOne,
  BAD_REQUEST,
  CLOSE_TIMEOUT_MS,
  functionOption,
  guardedAcceptor,
  listeningAddress,
  OVERLOADED,
  SERVED_MESSAGE_BYTES,
  TOO_MANY_HEADERS,
} from "@holdfast/core/socket";
import { ConnectionCap } from "./connection-cap.ts";
import { type Fetch, fetching, refuse, upgradesOnly } from "./http-half.ts";
import { listening } from "./listening.ts";
import { OpenSockets } from "./open-sockets.ts";
import { answerRaw } from "./raw-answer.ts";
import { isRewritten } from "./request-target.ts";
import { ServedRequest } from "./served-request.ts";
import { UnansweredRequests } from "./unanswered-requests.ts";
import { answerUnreadable } from "./unreadable-requests.ts";
import { upgrading } from "./upgrades.ts";

/** Where and how to serve HTTP and WebSockets on one port. */
export interface ServeOptions {
  /** The port; 0 takes one that is free. */
  port: number;
  /** The host name or IP address to bind. @default "127.0.0.1" */
  host?: string;
  /** Answers what is no upgrade. @default 426 to everything */
  fetch?: Fetch;
  /** Looks at each peer that asks for an upgrade, and refuses or welcomes it. */
  accept: Acceptor;
  /** Subprotocols that are spoken here: the first one offered that is among them is echoed, and no other. @default [] */
  protocols?: readonly string[];
  /** A larger message ends its connection with close code 1009, in bytes. @default 65536 */
  maxMessageBytes?: number;
  /** More fragments of one message end its connection with close code 1008. @default 128 */
  maxFragments?: number;
  /** TCP connections at once; who comes over it is answered with 503 and Retry-After. @default 10000 */
  maxConnections?: number;
  /** How long a close may take before the TCP connection is dropped, in milliseconds. @default 1000 */
  closeTimeoutMs?: number;
  /** How long `accept` may take before the peer is answered with 503, in milliseconds. @default 10000 */
  acceptTimeoutMs?: number;
}

/** How long a peer may take for the headers of its request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 5_000;
/** How long it may take for all of it, where a request may have a body. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How long a connection is kept for the peer's next request. */
const KEEP_ALIVE_MS = 5_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_HEADERS = 128;

/**
 * Serves HTTP and WebSockets on one port, by `node:http` and `ws`, for the open internet: slow requests, too many or
 * too large headers, oversized or splintered messages, unanswered closes and too many connections are cut off. It runs
 * on Deno too.
 *
 * @throws {RangeError} for an option out of its bounds, and rejects with the system's error where the port
 * cannot be taken.
 * @example
 * ```ts
 * import { serve } from "@holdfast/node";
 *
 * const server = await serve({
 *   port: 0,
 *   fetch: (request) => new Response(`You asked for ${new URL(request.url).pathname}`),
 *   accept: () => (socket) => ({ onFrame: (frame) => socket.send(frame), onClose: () => {} }),
 * });
 * await server.close();
 * ```
 */
export async function serve(options: ServeOptions): Promise<HttpListener> {
  const { host = "127.0.0.1", port, fetch } = options;
  const sockets = new OpenSockets();
  const upgrade = upgrading(
    {
      accept: guardedAcceptor(options.accept),
      protocols: [...(options.protocols ?? [])],
      maxMessageBytes: atLeastOne("maxMessageBytes", options.maxMessageBytes) ?? SERVED_MESSAGE_BYTES,
      maxFragments: atLeastOne("maxFragments", options.maxFragments) ?? 128,
      closeTimeoutMs: atLeastOne("closeTimeoutMs", options.closeTimeoutMs) ?? CLOSE_TIMEOUT_MS,
      acceptTimeoutMs: atLeastOne("acceptTimeoutMs", options.acceptTimeoutMs) ?? ACCEPT_TIMEOUT_MS,
    },
    sockets,
  );
  const answer = fetch === undefined ? upgradesOnly : fetching(functionOption("fetch", fetch));
  const server = createServer({
    IncomingMessage: ServedRequest,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: fetch === undefined ? HEADERS_TIMEOUT_MS : REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A request without one is refused as any that cannot be read.
    requireHostHeader: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Node looks for overdue requests every 30 s unless it is told otherwise.
    connectionsCheckingInterval: 1_000,
  });
  // Node leaves out headers over its maximum and says nothing: one more is read, so that it is seen.
  server.maxHeadersCount = MAX_HEADERS + 1;
  const cap = new ConnectionCap(server, atLeastOne("maxConnections", options.maxConnections) ?? 10_000);
  const refusalOf = (request: IncomingMessage): Refusal | undefined => {
    if (cap.exceeds(request)) return OVERLOADED;
    if (request.rawHeaders.length > 2 * MAX_HEADERS) return TOO_MANY_HEADERS;
    return isRewritten(request.url ?? "") ? BAD_REQUEST : undefined;
  };
  const unanswered = new UnansweredRequests(server);
  answerUnreadable(server, unanswered);
  const answered: RequestListener = (request, response) => {
    const taken = unanswered.take(request, response);
    if (taken === "ignore") return;
    const refused = taken === "refuse" ? OVERLOADED : refusalOf(request);
    if (refused === undefined) answer(request, response);
    else refuse(response, refused);
  };
  server.on("request", answered);
  // Of anything but 100-continue, which Node answers itself: it may be ignored (RFC 9110, section 10.1.1).
  server.on("checkExpectation", answered);
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, early: Buffer) => {
    const refused = refusalOf(request);
    if (refused === undefined) upgrade(request, stream, early);
    else answerRaw(stream, refused);
  });
  const listener = await listening(server, { port, host }, "ws", sockets);
  return { ...listener, httpAddress: listeningAddress("http", host, listener.port) };
}
