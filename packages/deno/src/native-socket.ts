import type { CloseCause, Frame, Socket, SocketHandler } from "@holdfast/core";
import { causeOfClose, isLarger, sanitiseServerClose } from "@holdfast/core/socket";
import { TOO_LARGE_CODE, tooLarge } from "./limits.ts";

/** How a native socket is held to limits that Deno does not have. */
export interface NativeLimits {
  /** A larger message ends its connection, in bytes. */
  readonly maxMessageBytes: number;
  /** How long the peer may take to answer a close before the connection counts as ended, in milliseconds. */
  readonly closeTimeoutMs: number;
}

const OPEN = 1;

/**
 * An accepted WebSocket of Deno as a {@linkcode Socket}. Deno cannot drop it, and reports a lost peer twice: its
 * handler is told of one end, and after a close that is never answered it is told without the connection's end.
 */
export class NativeSocket implements Socket {
  readonly #webSocket: WebSocket;
  readonly #limits: NativeLimits;
  readonly #onEnd: () => void;
  #handler: SocketHandler | undefined;
  #failure: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param webSocket One whose `open` is being handled.
   * @param onEnd Called just before the handler is told of the end.
   */
  constructor(webSocket: WebSocket, limits: NativeLimits, onEnd: () => void = () => {}) {
    this.#onEnd = onEnd;
    this.#webSocket = webSocket;
    this.#limits = limits;
    for (const type of ["message", "error", "close"]) webSocket.addEventListener(type, this);
  }

  /** What is called for it, as long as it has not ended. */
  set handler(handler: SocketHandler) {
    this.#handler = handler;
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(frame: Frame): boolean {
    if (this.#webSocket.readyState !== OPEN) return false;
    this.#webSocket.send(frame as string);
    return true;
  }

  close(code?: number, reason?: string): void {
    if (this.#webSocket.readyState !== OPEN) return;
    const fit = sanitiseServerClose(code, reason);
    this.#webSocket.close(nativeCode(fit.code), fit.reason);
    this.#timer = setTimeout(() => this.#end(causeOfClose(undefined)), this.#limits.closeTimeoutMs);
  }

  /** Called by the WebSocket: an object as listener needs no closure for each event. */
  handleEvent(event: Event): void {
    if (event.type === "message") this.#received((event as MessageEvent<string | ArrayBuffer>).data);
    else if (event.type === "error") this.#failure = (event as ErrorEvent).message;
    else this.#closed(event as CloseEvent);
  }

  #received(data: string | ArrayBuffer): void {
    if (this.#handler === undefined) return;
    const frame = typeof data === "string" ? data : new Uint8Array(data);
    if (!isLarger(frame, this.#limits.maxMessageBytes)) return this.#handler.onFrame(frame);
    this.close(TOO_LARGE_CODE, "Message too large");
    this.#end(tooLarge(this.#limits.maxMessageBytes));
  }

  #closed({ code, reason }: CloseEvent): void {
    const cause = causeOfClose(code, reason);
    const told = cause.kind === "abnormal" && this.#failure;
    this.#end(told ? { ...cause, message: `Connection ended: ${this.#failure}` } : cause);
  }

  #end(cause: CloseCause): void {
    clearTimeout(this.#timer);
    const handler = this.#handler;
    if (handler === undefined) return;
    this.#handler = undefined;
    this.#onEnd();
    handler.onClose(cause);
  }
}

/** JavaScript may not send 1001 to 1015: 4000 and their last two digits say the same. */
function nativeCode(code: number): number {
  return code > 1000 && code < 3000 ? 4000 + (code % 100) : code;
}
