import {
  causeOfStatus,
  DialError,
  type DialOptions,
  webSocket as portableWebSocket,
  type SocketFactory,
  type StandardWebSocket,
} from "@holdfast/core";
import { LimitedHandler } from "./limited-handler.ts";
import { atLeastOne } from "./limits.ts";

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
  if (maxFrameBytes === undefined) {
    return (address, handler, dial) => portable(address, handler, dial).catch(withStatus);
  }
  return (address, handler, dial) => {
    const limited = new LimitedHandler(handler, maxFrameBytes);
    const dialled = portableWebSocket((url, asked) => limited.watch(open(url, asked)));
    return dialled(address, limited, dial).catch(withStatus);
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

/** A refused upgrade comes as a text with the status in it; the contract tests notice when the text changes. */
function withStatus(error: unknown): never {
  const cause = (error as DialError | null)?.closeCause;
  const status =
    cause?.kind === "refused" ? /Invalid status code: (\d{3})$/.exec(cause.message)?.[1] : undefined;
  throw status === undefined
    ? error
    : new DialError({ ...causeOfStatus(Number(status)), error: cause?.error });
}
