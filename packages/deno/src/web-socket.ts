import {
  type DialOptions,
  webSocket as portableWebSocket,
  type SocketFactory,
  type StandardWebSocket,
} from "@holdfast/core";
import { atLeastOne } from "@holdfast/core/socket";
import { LimitedHandler } from "./limited-handler.ts";

/** Deno's constructor takes headers, which the standard's does not. */
type DenoWebSocket = new (
  url: string,
  options: { headers?: Record<string, string>; protocols?: string[] },
) => StandardWebSocket;

/** How WebSockets are dialled. */
export interface WebSocketOptions {
  /**
   * A larger frame ends the connection as `too-large`, in bytes. It is read before its size is looked at.
   * @default Deno's own limit, just under 64 MiB, which ends the connection as `abnormal`
   */
  maxFrameBytes?: number;
}

/**
 * Deno's own WebSockets, with headers. They cannot be dropped and have no ping: a peer that never answers a
 * close keeps the TCP connection, and with it the process, until it ends it. The HTTP status of a refused upgrade is
 * shown, and Retry-After is not.
 *
 * @throws {RangeError} for an option that is no positive integer.
 * @example
 * ```ts
 * import { createConnection, webSocket } from "@holdfast/deno";
 * import { teamProtocol } from "@holdfast/core/rtm";
 *
 * const team = createConnection({
 *   protocol: teamProtocol,
 *   socket: webSocket(),
 *   url: "ws://localhost:8080/team",
 *   headers: { authorization: "Bearer …" },
 * });
 * ```
 */
export function webSocket(options: WebSocketOptions = {}): SocketFactory {
  const maxFrameBytes = atLeastOne("maxFrameBytes", options.maxFrameBytes);
  if (maxFrameBytes === undefined) return portable;
  return (address, handler, dial) => {
    const limited = new LimitedHandler(handler, maxFrameBytes);
    const dialled = portableWebSocket((url, asked) => limited.watch(open(url, asked)));
    return dialled(address, limited, dial);
  };
}

const portable = portableWebSocket(open);

function open(url: string, { headers, protocols }: DialOptions): StandardWebSocket {
  return new (WebSocket as unknown as DenoWebSocket)(url, {
    ...(headers && { headers: sendable(headers) }),
    ...(protocols && { protocols: [...protocols] }),
  });
}

/** Deno's own complaint about a header quotes its value, which may be a token. */
function sendable(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch {
      throw new TypeError(`Header ${JSON.stringify(name)} cannot be sent`);
    }
  }
  return { ...headers };
}
