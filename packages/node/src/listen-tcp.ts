import { createServer, type Socket as Stream } from "node:net";
import type { Acceptor, Answer, Incoming, SocketListener } from "@holdfast/core";
import {
  ACCEPT_TIMEOUT_MS,
  atLeastOne,
  CLOSE_TIMEOUT_MS,
  guardedAcceptor,
  MAX_MESSAGE_BYTES,
  peerAddress,
  whenAnswered,
} from "@holdfast/core/socket";
import { listening } from "./listening.ts";
import { OpenSockets } from "./open-sockets.ts";
import { TcpSocket } from "./tcp-socket.ts";
import { WaitingPeer } from "./waiting-peer.ts";

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
  /** How long `accept` may take before the connection is dropped, in milliseconds. @default 10000 */
  acceptTimeoutMs?: number;
}

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
  const acceptTimeoutMs = atLeastOne("acceptTimeoutMs", options.acceptTimeoutMs) ?? ACCEPT_TIMEOUT_MS;
  const admit = (stream: Stream, answer: Answer): void => {
    if (typeof answer !== "function") return drop(stream);
    const socket = new TcpSocket(stream, limits, sockets);
    socket.handler = answer(socket);
    stream.resume();
  };
  // Nothing is read of a peer that was not let in: what it says meanwhile waits in the system.
  const server = createServer({ pauseOnConnect: true }, (stream) => {
    let waiting: WaitingPeer | undefined;
    let answered = false;
    const abort = new AbortController();
    void whenAnswered(accept(incomingOf(stream, abort.signal)), (answer) => {
      answered = true;
      if (waiting?.end() !== false) admit(stream, answer);
    });
    if (answered) return;
    const onGivenUp = (): void => abort.abort();
    waiting = new WaitingPeer({ stream, among: sockets, timeoutMs: acceptTimeoutMs, onGivenUp });
  });
  return listening(server, { port, host }, "tcp", sockets);
}

function incomingOf(stream: Stream, signal: AbortSignal): Incoming {
  const peer = peerAddress(stream.remoteAddress);
  return { path: "/", header: () => undefined, signal, ...(peer !== undefined && { peer }) };
}

function drop(stream: Stream): void {
  stream.on("error", () => {});
  stream.destroy();
}
