import type { CloseCause, Frame, Socket, SocketHandler } from "@holdfast/core";
import { causeOfClose, sanitiseClose } from "@holdfast/core/socket";
import { WebSocket } from "ws";
import type { Ear, HeardWebSocket } from "./heard-web-socket.ts";

/** After so many frames a socket lets the loop turn: Node would read up to two megabytes before it does. */
const BURST = 512;

/** An open WebSocket of `ws` as a {@linkcode Socket}. */
export class WsSocket implements Socket, Ear {
  /** What is called for it. */
  handler!: SocketHandler;
  readonly #webSocket: HeardWebSocket;
  /** `ws` gave up: its close follows, and says less about it. */
  #failure: Error | undefined;
  #burst = 0;
  #dropped = false;

  /** @param webSocket An open one. `handler` must be set in the same turn. */
  constructor(webSocket: HeardWebSocket) {
    this.#webSocket = webSocket;
    webSocket.ear = this;
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(frame: Frame): boolean {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return false;
    // ws may keep bytes by reference until the system takes them: the caller's may change meanwhile.
    this.#webSocket.send(typeof frame === "string" ? frame : new Uint8Array(frame));
    return true;
  }

  close(code?: number, reason?: string): void {
    const fit = this.sendable(code, reason);
    this.#webSocket.close(fit.code, fit.reason);
  }

  terminate(): void {
    // What was read already is still parsed after the end, and would be handed over.
    this.#dropped = true;
    this.#webSocket.terminate();
  }

  ping(): void {
    if (this.#webSocket.readyState === WebSocket.OPEN) this.#webSocket.ping();
  }

  heard(event: string | symbol, first: unknown, second: unknown): boolean {
    if (event === "message") this.#received(first as Buffer, second as boolean);
    else if (event === "pong") this.handler.onPong?.();
    else if (event === "error") this.#failure = first as Error;
    else if (event === "close") this.#ended(first as number, second as Buffer);
    return true;
  }

  /** A whole message was read. */
  #received(data: Buffer, isBinary: boolean): void {
    if (this.#dropped) return;
    if (++this.#burst === BURST) this.#breathe();
    // A plain array and not the Buffer, whose `slice` does something else.
    this.handler.onFrame(
      isBinary ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : data.toString(),
    );
  }

  /** Lets the loop turn before more is read: else one peer's burst keeps timers and other sockets waiting. */
  #breathe(): void {
    this.#webSocket.pause();
    const resume = (): void => {
      this.#burst = 0;
      this.#webSocket.resume();
    };
    // Twice: what Node had read already is handed over on resuming, in the turn of the first one.
    setImmediate(() => setImmediate(resume));
  }

  /** What may be sent of a close. */
  protected sendable(code?: number, reason?: string): { code: number; reason: string } {
    return sanitiseClose(code, reason);
  }

  /** Called before the handler is told of the end. */
  protected ending(): void {}

  /** It is over. */
  #ended(code: number, reason: Buffer): void {
    this.ending();
    this.handler.onClose(causeOfEnd(code, reason.toString(), this.#failure));
  }
}

/** What `ws` answers with close code 1009. */
const TOO_LARGE = new Set(["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH"]);

/** An end that this side brought about, by refusing what the peer sent, is named by what it refused. */
function causeOfEnd(
  code: number,
  reason: string,
  failure: (Error & { code?: string }) | undefined,
): CloseCause {
  const cause = causeOfClose(code, reason);
  if (failure === undefined || cause.kind !== "abnormal") return cause;
  return {
    kind: TOO_LARGE.has(failure.code ?? "") ? "too-large" : "abnormal",
    message: `Connection ended: ${failure.message}`,
    error: failure,
  };
}
