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
  /** Listens for `open`, `message`, `error` and `close`, by an object as the standard has it. */
  addEventListener(type: string, listener: { handleEvent(event: never): void }): void;
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
    const shown = printableAddress(url);
    const { signal } = options;
    const aborted = (): DialError =>
      new DialError({ kind: "aborted", message: `Dial of ${shown} was aborted` });
    if (signal.aborted) return reject(aborted());
    let webSocket: StandardWebSocket;
    try {
      webSocket = open(url.href, options);
    } catch (error) {
      return reject(new DialError(causeOfDialFailure(shown, error)));
    }
    const release = (): void => signal.removeEventListener("abort", abort);
    const socket = new StandardSocket(webSocket, handler, {
      opened: () => {
        release();
        resolve(socket);
      },
      failed: (error) => {
        release();
        reject(new DialError(causeOfFailedOpen(shown, error)));
      },
    });
    const abort = (): void => {
      socket.abandon();
      reject(aborted());
    };
    signal.addEventListener("abort", abort, { once: true });
  });
}

/** The standard hides the HTTP status of a refused upgrade; `ws` and Deno tell it in the error's text. */
function causeOfFailedOpen(address: string, error: unknown): CloseCause {
  const [, status] = /(?:response|status code): (\d{3})\b/.exec(messageOf(error)) ?? [];
  if (status === undefined) return causeOfDialFailure(address, error);
  return { ...causeOfStatus(Number(status)), error };
}

/** What a WebSocket is told of its dial; forgotten once it is open or has failed. */
interface Dial {
  opened(): void;
  failed(error: unknown): void;
}

/** What is read of the events of a WebSocket. */
type StandardEvent =
  | { readonly type: "open" }
  | { readonly type: "message"; readonly data: string | ArrayBuffer }
  | { readonly type: "error"; readonly error?: unknown; readonly message?: string }
  | { readonly type: "close"; readonly code: number; readonly reason: string };

const EVENTS = ["open", "message", "error", "close"];
const OPEN = 1;

/** It is its own listener: at ten thousand sockets a closure for each event is memory. */
class StandardSocket implements Socket {
  readonly #socket: StandardWebSocket;
  /** Nobody, once it has ended or was given up. */
  #handler: SocketHandler | undefined;
  #dial: Dial | undefined;

  constructor(socket: StandardWebSocket, handler: SocketHandler, dial: Dial) {
    this.#socket = socket;
    this.#handler = handler;
    this.#dial = dial;
    socket.binaryType = "arraybuffer";
    for (const type of EVENTS) socket.addEventListener(type, this);
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

  /** The dial is given up; one that opens all the same is closed. */
  abandon(): void {
    this.#dial = undefined;
    this.#handler = undefined;
    this.#socket.close();
  }

  handleEvent(event: StandardEvent): void {
    if (event.type === "message") return this.#received(event.data);
    if (event.type === "open") return this.#opened();
    // Node 22 tells of a dial that failed by its error alone: its close never comes.
    if (event.type === "error") return this.#dial && this.#failed(event);
    if (this.#dial !== undefined) return this.#failed({});
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.onClose(causeOfClose(event.code, event.reason));
  }

  #received(data: string | ArrayBuffer): void {
    // What comes before the open is told, or after the end, is nobody's.
    if (this.#dial === undefined)
      this.#handler?.onFrame(typeof data === "string" ? data : new Uint8Array(data));
  }

  #opened(): void {
    const dial = this.#dial;
    this.#dial = undefined;
    if (dial !== undefined) dial.opened();
    else if (this.#handler === undefined) this.#socket.close();
  }

  #failed({ error, message }: { error?: unknown; message?: string }): void {
    const dial = this.#dial;
    this.#dial = undefined;
    this.#handler = undefined;
    dial?.failed(error ?? new Error(message || "the connection ended before it was open"));
  }
}
