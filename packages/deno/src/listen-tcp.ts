import type { Acceptor, Answer, Incoming, SocketListener } from "@holdfast/core";
import {
  ACCEPT_TIMEOUT_MS,
  atLeastOne,
  CLOSE_TIMEOUT_MS,
  guardedAcceptor,
  listeningAddress,
  MAX_MESSAGE_BYTES,
  peerAddress,
  sanitiseServerClose,
  whenAnswered,
} from "@holdfast/core/socket";
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
  /** How long `accept` may take before the connection is dropped, in milliseconds. @default 10000 */
  acceptTimeoutMs?: number;
}

/** How long to leave the system alone when it has no descriptor for one more connection, in milliseconds. */
const ACCEPT_PAUSE_MS = 100;

/**
 * Listens for TCP connections that carry one frame a line. A refusal closes the connection: TCP has no status.
 *
 * @throws {RangeError} for an option out of its bounds, and rejects with Deno's error where the port cannot be
 * taken.
 * @example
 * ```ts
 * import { listenTcp } from "@holdfast/deno";
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
  const acceptTimeoutMs = atLeastOne("acceptTimeoutMs", options.acceptTimeoutMs) ?? ACCEPT_TIMEOUT_MS;
  const waiting = new Set<() => void>();
  const sockets = new Map<TcpSocket, Promise<void>>();
  const server = Deno.listen({ port, hostname: host });
  let closing: Promise<void> | undefined;

  const adopt = (connection: Deno.TcpConn, answer: Answer): void => {
    if (typeof answer !== "function") return connection.close();
    const socket = new TcpSocket(connection, limits, sanitiseServerClose);
    socket.handler = answer(socket);
    sockets.set(
      socket,
      socket.run().finally(() => sockets.delete(socket)),
    );
  };
  // Nothing is read of a peer that was not let in: what it says meanwhile waits in the system.
  const ask = (connection: Deno.TcpConn): void => {
    const abort = new AbortController();
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): boolean => {
      if (over) return false;
      over = true;
      clearTimeout(timer);
      waiting.delete(giveUp);
      return true;
    };
    const giveUp = (): void => {
      if (!end()) return;
      connection.close();
      abort.abort();
    };
    void whenAnswered(accept(incomingOf(connection, abort.signal)), (answer) => {
      if (end()) adopt(connection, answer);
    });
    if (over) return;
    waiting.add(giveUp);
    timer = setTimeout(() => {
      console.error(`Acceptor of a listener gave no answer within ${acceptTimeoutMs} ms`);
      giveUp();
    }, acceptTimeoutMs);
  };
  const acceptAll = async (): Promise<void> => {
    while (closing === undefined) {
      try {
        ask(await server.accept());
      } catch {
        // Closed, or the system is short of descriptors: without a pause that is a busy loop.
        if (closing === undefined) await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
      }
    }
  };
  const accepting = acceptAll();
  const close = async (): Promise<void> => {
    server.close();
    for (const giveUp of waiting) giveUp();
    for (const socket of sockets.keys()) socket.terminate();
    await Promise.all([accepting, ...sockets.values()]);
  };

  const taken = server.addr.port;
  return {
    address: listeningAddress("tcp", host, taken),
    port: taken,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function incomingOf({ remoteAddr }: Deno.TcpConn, signal: AbortSignal): Incoming {
  const peer = peerAddress(remoteAddr.hostname);
  return { path: "/", header: () => undefined, signal, ...(peer !== undefined && { peer }) };
}
