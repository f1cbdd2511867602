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
import { type ClientOptions, WebSocket } from "ws";
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
    let webSocket: WebSocket;
    try {
      webSocket = new WebSocket(url, [...protocols], options);
    } catch (error) {
      return reject(new DialError(causeOfDialFailure(shown, error)));
    }

    const release = (): void => {
      signal.removeEventListener("abort", abort);
      webSocket.removeAllListeners();
    };
    const fail = (cause: CloseCause): void => {
      release();
      // ws reports the dial that is dropped here as an error, and one that nobody hears would end the process.
      webSocket.on("error", ignore);
      webSocket.terminate();
      reject(new DialError(cause));
    };
    const abort = (): void => fail(aborted);

    signal.addEventListener("abort", abort, { once: true });
    webSocket.on("error", (error) => fail(causeOfDialFailure(shown, error)));
    webSocket.on("unexpected-response", (_request, response) =>
      fail(causeOfStatus(response.statusCode ?? 0, response.headers["retry-after"])),
    );
    webSocket.on("open", () => {
      release();
      const socket = new WsSocket(webSocket);
      socket.handler = handler;
      resolve(socket);
    });
  });
}

function ignore(): void {}
