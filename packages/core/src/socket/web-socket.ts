import * as isows from "isows";
import { messageOf } from "../errors.ts";
import { printableAddress, webSocketUrl } from "./address.ts";
import {
  type CloseCause,
  causeOfClose,
  causeOfDialFailure,
  causeOfStatus,
  DialError,
  sanitiseClose,
} from "./close-cause.ts";
import type { DialOptions, Frame, Socket, SocketFactory, SocketHandler } from "./socket.ts";

/** What is used of a WebSocket: the standard's interface, which isows finds in every runtime. */
export interface StandardWebSocket {
  /** How binary frames arrive; set to `arraybuffer`. */
  binaryType: string;
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  /** Bytes handed to `send` and not written yet. */
  readonly bufferedAmount: number;
  /** Sends text or bytes. */
  send(data: Frame): void;
  /** Begins a close. */
  close(code?: number, reason?: string): void;
  /** Listens for `open`, `message`, `error` and `close`. */
  addEventListener(type: string, listener: (event: never) => void): void;
}

/** Makes a WebSocket: the standard's constructor, or a runtime's own way to give it headers. */
export type OpenWebSocket = (url: string, options: DialOptions) => StandardWebSocket;

const openPortable: OpenWebSocket = (url, { protocols }) => {
  const Portable = isows.WebSocket as unknown as new (url: string, protocols?: string[]) => StandardWebSocket;
  return new Portable(url, protocols === undefined ? undefined : [...protocols]);
};

/**
 * The portable WebSocket: isows, which is the runtime's own where there is one, and `ws` on older Node. It
 * sends no headers, cannot be dropped and has no ping; prefer `webSocket()` of `@holdfast/node` or
 * `@holdfast/deno` on those runtimes.
 *
 * @param open How to make the WebSocket. @default isows
 * @example
 * ```ts
 * import { createConnection, webSocket } from "@holdfast/core";
 * import { teamProtocol } from "@holdfast/core/rtm";
 *
 * const team = createConnection({ protocol: teamProtocol, socket: webSocket(), url: "ws://localhost:8080/team" });
 * ```
 */
export function webSocket(open: OpenWebSocket = openPortable): SocketFactory {
  return (address, handler, options) => dialStandard(open, address, handler, options);
}

function dialStandard(
  open: OpenWebSocket,
  address: string,
  handler: SocketHandler,
  options: DialOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const url = webSocketUrl(address);
    const { signal } = options;
    const aborted = (): DialError =>
      new DialError({
        kind: "aborted",
        message: `Dial of ${printableAddress(url)} was aborted`,
      });
    if (signal.aborted) return reject(aborted());
    let socket: StandardWebSocket;
    try {
      socket = open(url.href, options);
    } catch (error) {
      return reject(new DialError(causeOfDialFailure(printableAddress(url), error)));
    }
    socket.binaryType = "arraybuffer";
    let phase: "dialing" | "open" | "ended" = "dialing";

    const abort = (): void => {
      phase = "ended";
      socket.close();
      reject(aborted());
    };
    signal.addEventListener("abort", abort, { once: true });

    socket.addEventListener("open", () => {
      signal.removeEventListener("abort", abort);
      if (phase !== "dialing") return socket.close();
      phase = "open";
      resolve(new StandardSocket(socket));
    });
    socket.addEventListener("message", ({ data }: { data: string | ArrayBuffer }) => {
      if (phase === "open") handler.onFrame(typeof data === "string" ? data : new Uint8Array(data));
    });
    const fail = (error: unknown): void => {
      phase = "ended";
      signal.removeEventListener("abort", abort);
      reject(new DialError(causeOfFailedOpen(printableAddress(url), error)));
    };
    socket.addEventListener("error", (event: { error?: unknown; message?: string }) => {
      const failure = event.error ?? (event.message ? new Error(event.message) : undefined);
      // Node 22 tells of a dial that failed by this event alone: its close never comes.
      if (phase === "dialing") fail(failure ?? noReason());
    });
    socket.addEventListener("close", ({ code, reason }: { code: number; reason: string }) => {
      if (phase === "dialing") return fail(noReason());
      const was = phase;
      phase = "ended";
      if (was === "open") handler.onClose(causeOfClose(code, reason));
    });
  });
}

function noReason(): Error {
  return new Error("the connection ended before it was open");
}

/** The standard hides the HTTP status of a refused upgrade; `ws` and Deno tell it in the error's text. */
function causeOfFailedOpen(address: string, error: unknown): CloseCause {
  const [, status] = /(?:response|status code): (\d{3})\b/.exec(messageOf(error)) ?? [];
  if (status === undefined) return causeOfDialFailure(address, error);
  return { ...causeOfStatus(Number(status)), error };
}

const OPEN = 1;

class StandardSocket implements Socket {
  readonly #socket: StandardWebSocket;

  constructor(socket: StandardWebSocket) {
    this.#socket = socket;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Frame): boolean {
    if (this.#socket.readyState !== OPEN) return false;
    this.#socket.send(frame);
    return true;
  }

  close(code?: number, reason?: string): void {
    const fit = sanitiseClose(code, reason);
    this.#socket.close(fit.code, fit.reason);
  }
}
