import type { IncomingMessage } from "node:http";
import {
  type CloseCause,
  DialError,
  type DialOptions,
  type Socket,
  type SocketFactory,
  type SocketHandler,
} from "@holdfast/core";
import {
  atLeastOne,
  CLOSE_TIMEOUT_MS,
  causeOfDialFailure,
  causeOfStatus,
  frameLimit,
  printableAddress,
  webSocketUrl,
} from "@holdfast/core/socket";
import type { ClientOptions } from "ws";
import { HeardWebSocket } from "./heard-web-socket.ts";
import { pacedConnections } from "./paced-socket.ts";
import { WsSocket } from "./ws-socket.ts";

/** How WebSockets are dialled. */
export interface WebSocketOptions {
  /**
   * A larger frame ends the connection as `too-large`, in bytes.
   * @default 16 MiB, or four times the connection's `maxMessageBytes` where that is more
   */
  maxFrameBytes?: number;
}

/**
 * WebSockets by `ws`: they send headers, can be dropped, have a ping, and show the HTTP status and Retry-After
 * of a refused upgrade. Redirects are not followed, and nothing is compressed.
 *
 * @throws {RangeError} for an option that is no positive integer.
 * @example
 * ```ts
 * import { createConnection, webSocket } from "@holdfast/node";
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
  const createConnection = pacedConnections() as ClientOptions["createConnection"];
  return (address, handler, dial) =>
    dialWebSocket(address, handler, dial, {
      // Without TLS only: there the end is read by another kind of socket.
      ...(/^(ws|http):/i.test(address) && { createConnection }),
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: frameLimit(maxFrameBytes, dial.maxMessageBytes),
      headers: { ...dial.headers },
      closeTimeout: CLOSE_TIMEOUT_MS,
    });
}

/** `closeTimeout` is younger than the types of `ws`. */
interface FullClientOptions extends ClientOptions {
  closeTimeout: number;
}

function dialWebSocket(
  address: string,
  handler: SocketHandler,
  { signal, protocols = [] }: DialOptions,
  options: FullClientOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const url = webSocketUrl(address);
    const shown = printableAddress(url);
    const aborted: CloseCause = { kind: "aborted", message: `Dial of ${shown} was aborted` };
    if (signal.aborted) return reject(new DialError(aborted));
    let webSocket: HeardWebSocket;
    try {
      webSocket = new HeardWebSocket(url, [...protocols], options);
    } catch (error) {
      return reject(new DialError(causeOfDialFailure(shown, error)));
    }

    const fail = (cause: CloseCause): void => {
      signal.removeEventListener("abort", abort);
      // ws reports the dial that is dropped here as an error: nobody hears it any more.
      webSocket.ear = undefined;
      webSocket.terminate();
      reject(new DialError(cause));
    };
    const abort = (): void => fail(aborted);
    const open = (): void => {
      signal.removeEventListener("abort", abort);
      const socket = new WsSocket(webSocket);
      socket.handler = handler;
      resolve(socket);
    };
    signal.addEventListener("abort", abort, { once: true });
    webSocket.ear = {
      heard(event, first, second) {
        if (event === "open") open();
        else if (event === "error") fail(causeOfDialFailure(shown, first));
        else if (event === "unexpected-response") fail(causeOfRefusal(second as IncomingMessage));
        return true;
      },
    };
  });
}

function causeOfRefusal({ statusCode = 0, headers }: IncomingMessage): CloseCause {
  return causeOfStatus(statusCode, headers["retry-after"]);
}
