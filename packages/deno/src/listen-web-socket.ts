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
  /** A larger message ends its connection with close code 4009, in bytes. @default 1048576 */
  maxMessageBytes?: number;
  /**
   * How long the peer may take to answer a close before the connection counts as ended, in milliseconds.
   * @default 1000
   */
  closeTimeoutMs?: number;
  /** How long `accept` may take before the peer is answered with 503, in milliseconds. @default 10000 */
  acceptTimeoutMs?: number;
}

/**
 * Listens for WebSockets with Deno's own server, for peers that are trusted: it takes unmasked frames, reads a
 * message of up to 64 MiB before its size is looked at, waits for slow requests, cannot drop a connection, and
 * loses what a peer sends between this side's close and its answer. A peer that falls silent is pinged after
 * 30 s. It is `serve` without `fetch`, and takes larger messages; for the open internet, listen with
 * `npm:@holdfast/node`: it runs on Deno too and has none of these faults.
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
    // What a caller left out is left out, and not undefined.
    ...(host !== undefined && { host }),
    ...(protocols !== undefined && { protocols }),
    ...(closeTimeoutMs !== undefined && { closeTimeoutMs }),
    ...(acceptTimeoutMs !== undefined && { acceptTimeoutMs }),
  });
}
