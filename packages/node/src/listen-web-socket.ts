import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Acceptor, Incoming, SocketListener, Welcome } from "@holdfast/core";
import { atLeastOne, CLOSE_TIMEOUT_MS, guardedAcceptor, MAX_MESSAGE_BYTES } from "@holdfast/core/socket";
import { type ServerOptions, WebSocketServer } from "ws";
import { HEARD, type HeardWebSocket } from "./heard-web-socket.ts";
import { listening } from "./listening.ts";
import { OpenSockets } from "./open-sockets.ts";
import { WsSocket } from "./ws-socket.ts";

/** Where and how to listen for WebSockets. */
export interface ListenWebSocketOptions {
  /** The port; 0 takes one that is free. */
  port: number;
  /** The host name or IP address to bind. @default "127.0.0.1" */
  host?: string;
  /** Looks at each peer that asks, and refuses or welcomes it. */
  accept: Acceptor;
  /** A larger message ends its connection with close code 1009, in bytes. @default 1048576 */
  maxMessageBytes?: number;
  /** How long a close may take before the TCP connection is dropped, in milliseconds. @default 1000 */
  closeTimeoutMs?: number;
}

/** How long a peer may take for its request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 5_000;
/** How many fragments a message may come in: a peer that sends single bytes is no use to anyone. */
const MAX_FRAGMENTS = 1_024;

/** `closeTimeout` is younger than the types of `ws`. */
interface FullServerOptions extends ServerOptions {
  closeTimeout: number;
}

/**
 * Listens for WebSockets by `ws` on `node:http`. A refusal is answered with its HTTP status, a request that is
 * no upgrade with 426; slow requests, oversized or splintered messages and unanswered closes are cut off.
 *
 * @throws {RangeError} for an option out of its bounds, and rejects with the system's error where the port
 * cannot be taken.
 * @example
 * ```ts
 * import { listenWebSocket } from "@holdfast/node";
 *
 * const listener = await listenWebSocket({
 *   port: 0,
 *   accept: ({ path }) => {
 *     if (path !== "/echo") return { status: 404, reason: "Only /echo is here" };
 *     return (socket) => ({ onFrame: (frame) => socket.send(frame), onClose: () => {} });
 *   },
 * });
 * await listener.close();
 * ```
 */
export async function listenWebSocket(options: ListenWebSocketOptions): Promise<SocketListener> {
  const { host = "127.0.0.1", port } = options;
  const accept = guardedAcceptor(options.accept);
  const sockets = new OpenSockets();
  const welcomes = new WeakMap<IncomingMessage, Welcome>();
  const upgrades: FullServerOptions = {
    ...HEARD,
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: atLeastOne("maxMessageBytes", options.maxMessageBytes) ?? MAX_MESSAGE_BYTES,
    maxFragments: MAX_FRAGMENTS,
    closeTimeout: atLeastOne("closeTimeoutMs", options.closeTimeoutMs) ?? CLOSE_TIMEOUT_MS,
    // Asked here, ws has already refused what is no WebSocket request: the acceptor sees none of those.
    verifyClient: ({ req }: { req: IncomingMessage }, answer: Verdict) => {
      const answered = accept(new UpgradeRequest(req));
      if (typeof answered !== "function") return answer(false, answered.status, answered.reason, PLAIN);
      welcomes.set(req, answered);
      answer(true);
    },
  };
  const webSockets = new WebSocketServer(upgrades);
  // Node looks for overdue requests every 30 s unless it is told otherwise.
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: 1_000,
  };
  const server = createServer(timeouts, answerPlainRequest);
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, early: Buffer) => {
    // A client must not send frames before its upgrade is answered (RFC 6455, section 4.1).
    if (early.length > 0) return refuseEarly(stream);
    webSockets.handleUpgrade(request, stream, early, (webSocket) => {
      const socket = new WsSocket(webSocket as HeardWebSocket, sockets);
      socket.handler = (welcomes.get(request) as Welcome)(socket);
    });
  });
  return listening(server, { port, host }, "ws", sockets);
}

type Verdict = (welcome: boolean, status?: number, reason?: string, headers?: Record<string, string>) => void;

const PLAIN = { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" };

class UpgradeRequest implements Incoming {
  readonly path: string;
  readonly #headers: IncomingMessage["headers"];

  constructor(request: IncomingMessage) {
    this.path = request.url ?? "/";
    this.#headers = request.headers;
  }

  header(name: string): string | undefined {
    const key = name.toLowerCase();
    // A plain object: `constructor` must not be found in it.
    const value = Object.hasOwn(this.#headers, key) ? this.#headers[key] : undefined;
    return Array.isArray(value) ? value.join(", ") : value;
  }
}

function answerPlainRequest(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { ...PLAIN, Connection: "close", Upgrade: "websocket" });
  response.end(STATUS_CODES[426]);
}

function refuseEarly(stream: Duplex): void {
  stream.on("error", () => {});
  stream.once("finish", () => stream.destroy());
  stream.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}
