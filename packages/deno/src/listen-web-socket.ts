import type { Acceptor, Refusal, SocketListener, Welcome } from "@holdfast/core";
import {
  atLeastOne,
  CLOSE_TIMEOUT_MS,
  guardedAcceptor,
  listeningAddress,
  MAX_MESSAGE_BYTES,
} from "@holdfast/core/socket";
import { type NativeLimits, NativeSocket } from "./native-socket.ts";

/** Where and how to listen for WebSockets. */
export interface ListenWebSocketOptions {
  /** The port; 0 takes one that is free. */
  port: number;
  /** The host name or IP address to bind. @default "127.0.0.1" */
  host?: string;
  /** Looks at each peer that asks, and refuses or welcomes it. */
  accept: Acceptor;
  /** A larger message ends its connection with close code 4009, in bytes. @default 1048576 */
  maxMessageBytes?: number;
  /**
   * How long the peer may take to answer a close before the connection counts as ended, in milliseconds.
   * @default 1000
   */
  closeTimeoutMs?: number;
}

/** After this time without a sign of life Deno pings; the peer has as long again to answer, in seconds. */
const IDLE_TIMEOUT_S = 30;

/**
 * Listens for WebSockets with Deno's own server, for peers that are trusted: it takes unmasked frames, reads a
 * message of up to 64 MiB before its size is looked at, waits for slow requests, cannot drop a connection, and
 * loses what a peer sends between this side's close and its answer. A peer that falls silent is pinged after
 * 30 s. For the open internet, listen with `npm:@holdfast/node`: it runs on Deno too and has none of these faults.
 *
 * @throws {RangeError} for an option out of its bounds, and rejects with Deno's error where the port cannot be
 * taken.
 * @example
 * ```ts
 * import { listenWebSocket } from "@holdfast/deno";
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
  const limits = {
    maxMessageBytes: atLeastOne("maxMessageBytes", options.maxMessageBytes) ?? MAX_MESSAGE_BYTES,
    closeTimeoutMs: atLeastOne("closeTimeoutMs", options.closeTimeoutMs) ?? CLOSE_TIMEOUT_MS,
  };
  const server = Deno.serve({ port, hostname: host, onListen: () => {} }, (request) => {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return refusal({ status: 426, reason: "Upgrade Required" });
    }
    const { pathname, search } = new URL(request.url);
    // A copy: the request's own headers cannot be read any more once it is upgraded.
    const headers = new Headers(request.headers);
    const answer = accept({
      path: pathname + search,
      header: (name) => headers.get(name) ?? undefined,
    });
    return typeof answer === "function" ? upgrade(request, answer, limits) : refusal(answer);
  });
  const taken = server.addr.port;
  let closing: Promise<void> | undefined;
  return {
    address: listeningAddress("ws", host, taken),
    port: taken,
    close() {
      // Deno ends the upgraded connections too: with code 1001, and without waiting for an answer.
      closing ??= server.shutdown();
      return closing;
    },
  };
}

function upgrade(request: Request, welcome: Welcome, limits: NativeLimits): Response {
  const protocol = request.headers.get("sec-websocket-protocol")?.split(",")[0]?.trim();
  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(request, {
      idleTimeout: IDLE_TIMEOUT_S,
      ...(protocol && { protocol }),
    });
  } catch {
    return refusal({ status: 400, reason: "Bad Request" });
  }
  const { socket: webSocket, response } = upgraded;
  webSocket.binaryType = "arraybuffer";
  webSocket.addEventListener("open", () => {
    const socket = new NativeSocket(webSocket, limits);
    socket.handler = welcome(socket);
  });
  return response;
}

function refusal({ status, reason }: Refusal): Response {
  return new Response(reason, {
    status,
    headers: { connection: "close", "content-type": "text/plain; charset=utf-8" },
  });
}
