import { DialError, type Socket, type SocketFactory, type SocketHandler } from "@holdfast/core";
import {
  atLeastOne,
  CLOSE_TIMEOUT_MS,
  causeOfDialFailure,
  frameLimit,
  printableAddress,
  tcpTarget,
} from "@holdfast/core/socket";
import { type LineLimits, TcpSocket } from "./tcp-socket.ts";

/** How TCP connections are dialled. */
export interface TcpOptions {
  /**
   * A longer line ends the connection as `too-large`, in bytes.
   * @default 16 MiB, or four times the connection's `maxMessageBytes` where that is more
   */
  maxLineBytes?: number;
  /** How long a close may take before the connection is dropped, in milliseconds. @default 1000 */
  closeTimeoutMs?: number;
}

/**
 * TCP connections that carry one frame a line, for addresses such as `tcp://localhost:7000`. Line breaks inside
 * a frame become spaces, an empty frame is not carried, and there are no headers, pings or close codes.
 *
 * @throws {RangeError} for an option that is no positive integer.
 * @example
 * ```ts
 * import { createConnection, tcp } from "@holdfast/deno";
 * import { teamProtocol } from "@holdfast/core/rtm";
 *
 * const team = createConnection({ protocol: teamProtocol, socket: tcp(), url: "tcp://localhost:7000" });
 * ```
 */
export function tcp(options: TcpOptions = {}): SocketFactory {
  const maxLineBytes = atLeastOne("maxLineBytes", options.maxLineBytes);
  const closeTimeoutMs = atLeastOne("closeTimeoutMs", options.closeTimeoutMs) ?? CLOSE_TIMEOUT_MS;
  return (address, handler, { signal, maxMessageBytes }) =>
    dialTcp(address, handler, signal, {
      maxLineBytes: frameLimit(maxLineBytes, maxMessageBytes),
      closeTimeoutMs,
    });
}

async function dialTcp(
  address: string,
  handler: SocketHandler,
  signal: AbortSignal,
  limits: LineLimits,
): Promise<Socket> {
  const target = tcpTarget(address);
  const shown = printableAddress(address);
  const aborted = (): DialError =>
    new DialError({ kind: "aborted", message: `Dial of ${shown} was aborted` });
  if (signal.aborted) throw aborted();
  let connection: Deno.TcpConn;
  try {
    connection = await Deno.connect({ ...target, signal });
  } catch (error) {
    throw signal.aborted ? aborted() : new DialError(causeOfDialFailure(shown, error));
  }
  if (signal.aborted) {
    connection.close();
    throw aborted();
  }
  const socket = new TcpSocket(connection, limits);
  socket.handler = handler;
  void socket.run();
  return socket;
}
