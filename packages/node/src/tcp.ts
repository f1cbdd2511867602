import { connect } from "node:net";
import {
  type CloseCause,
  DialError,
  type Socket,
  type SocketFactory,
  type SocketHandler,
} from "@holdfast/core";
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
 * import { createConnection, tcp } from "@holdfast/node";
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

function dialTcp(
  address: string,
  handler: SocketHandler,
  signal: AbortSignal,
  limits: LineLimits,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = tcpTarget(address);
    const shown = printableAddress(address);
    const aborted: CloseCause = { kind: "aborted", message: `Dial of ${shown} was aborted` };
    if (signal.aborted) return reject(new DialError(aborted));
    const stream = connect(target);

    const release = (): void => {
      signal.removeEventListener("abort", abort);
      stream.off("error", refuse);
      stream.off("connect", open);
    };
    const fail = (cause: CloseCause): void => {
      release();
      stream.on("error", ignore);
      stream.destroy();
      reject(new DialError(cause));
    };
    const abort = (): void => fail(aborted);
    const refuse = (error: Error): void => fail(causeOfDialFailure(shown, error));
    const open = (): void => {
      release();
      const socket = new TcpSocket(stream, limits);
      socket.handler = handler;
      resolve(socket);
    };

    signal.addEventListener("abort", abort, { once: true });
    stream.on("error", refuse);
    stream.on("connect", open);
  });
}

function ignore(): void {}
