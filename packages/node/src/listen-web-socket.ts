import type { Acceptor, SocketListener } from "@holdfast/core";
import { MAX_MESSAGE_BYTES } from "@holdfast/core/socket";
import { serve } from "./serve.ts";

/** Where and how to listen for WebSockets. */
export interface ListenWebSocketOptions {
  /** The port; 0 takes one that is free. */
  port: number;
  /** The host name or IP address to bind. @default "127.0.0.1" */
  host?: string;
  /** Looks at each peer that asks, and refuses or welcomes it. */
  accept: Acceptor;
  /** Subprotocols that are spoken here: the first one offered that is among them is echoed, and no other. @default [] */
  protocols?: readonly string[];
  /** A larger message ends its connection with close code 1009, in bytes. @default 1048576 */
  maxMessageBytes?: number;
  /** How long a close may take before the TCP connection is dropped, in milliseconds. @default 1000 */
  closeTimeoutMs?: number;
  /** How long `accept` may take before the peer is answered with 503, in milliseconds. @default 10000 */
  acceptTimeoutMs?: number;
}

/** How many fragments a message may come in: a peer that sends single bytes is no use to anyone. */
const MAX_FRAGMENTS = 1_024;

/**
 * Listens for WebSockets by `ws` on `node:http`. A refusal is answered with its HTTP status, a request that is
 * no upgrade with 426; slow requests, oversized or splintered messages and unanswered closes are cut off. It is
 * `serve` without `fetch`, and takes larger messages.
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
export async function listenWebSocket({
  port,
  host,
  accept,
  protocols,
  maxMessageBytes = MAX_MESSAGE_BYTES,
  closeTimeoutMs,
  acceptTimeoutMs,
}: ListenWebSocketOptions): Promise<SocketListener> {
  return serve({
    port,
    accept,
    maxMessageBytes,
    maxFragments: MAX_FRAGMENTS,
    // What a caller left out is left out, and not undefined.
    ...(host !== undefined && { host }),
    ...(protocols !== undefined && { protocols }),
    ...(closeTimeoutMs !== undefined && { closeTimeoutMs }),
    ...(acceptTimeoutMs !== undefined && { acceptTimeoutMs }),
  });
}
