import { createServer } from "node:net";
import type { Acceptor, Incoming, SocketListener } from "@holdfast/core";
import { atLeastOne, CLOSE_TIMEOUT_MS, guardedAcceptor, MAX_MESSAGE_BYTES } from "@holdfast/core/socket";
import { listening } from "./listening.ts";
import { OpenSockets } from "./open-sockets.ts";
import { TcpSocket } from "./tcp-socket.ts";

/** Where and how to listen for TCP lines. */
export interface ListenTcpOptions {
  /** The port; 0 takes one that is free. */
  port: number;
  /** The host name or IP address to bind. @default "127.0.0.1" */
  host?: string;
  /** Refuses or welcomes each peer. It is shown the path `/` and no headers: TCP has neither. */
  accept: Acceptor;
  /** A longer line ends its connection, in bytes. @default 1048576 */
  maxLineBytes?: number;
  /** How long a close may take before the connection is dropped, in milliseconds. @default 1000 */
  closeTimeoutMs?: number;
}

const INCOMING: Incoming = { path: "/", header: () => undefined };

/**
 * Listens for TCP connections that carry one frame a line. A refusal closes the connection: TCP has no status.
 *
 * @throws {RangeError} for an option out of its bounds, and rejects with the system's error where the port
 * cannot be taken.
 * @example
 * ```ts
 * import { listenTcp } from "@holdfast/node";
 *
 * const listener = await listenTcp({
 *   port: 0,
 *   accept: () => (socket) => ({ onFrame: (frame) => socket.send(frame), onClose: () => {} }),
 * });
 * await listener.close();
 * ```
 */
export async function listenTcp(options: ListenTcpOptions): Promise<SocketListener> {
  const { host = "127.0.0.1", port } = options;
  const accept = guardedAcceptor(options.accept);
  const limits = {
    maxLineBytes: atLeastOne("maxLineBytes", options.maxLineBytes) ?? MAX_MESSAGE_BYTES,
    closeTimeoutMs: atLeastOne("closeTimeoutMs", options.closeTimeoutMs) ?? CLOSE_TIMEOUT_MS,
  };
  const sockets = new OpenSockets();
  const server = createServer((stream) => {
    const answer = accept(INCOMING);
    if (typeof answer !== "function") {
      stream.on("error", () => {});
      stream.destroy();
      return;
    }
    const socket = new TcpSocket(stream, limits, sockets);
    socket.handler = answer(socket);
  });
  return listening(server, { port, host }, "tcp", sockets);
}
