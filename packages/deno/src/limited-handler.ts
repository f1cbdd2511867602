import type { CloseCause, Frame, SocketHandler, StandardWebSocket } from "@holdfast/core";
import { isLarger } from "@holdfast/core/socket";
import { TOO_LARGE_CODE, tooLarge } from "./limits.ts";

/** Stands before the handler of a native WebSocket, and ends the connection at the first frame over a limit. */
export class LimitedHandler implements SocketHandler {
  readonly #handler: SocketHandler;
  readonly #maxBytes: number;
  #webSocket: StandardWebSocket | undefined;
  #exceeded = false;

  constructor(handler: SocketHandler, maxBytes: number) {
    this.#handler = handler;
    this.#maxBytes = maxBytes;
  }

  /** Names the WebSocket to be closed; returns it. */
  watch(webSocket: StandardWebSocket): StandardWebSocket {
    this.#webSocket = webSocket;
    return webSocket;
  }

  onFrame(frame: Frame): void {
    if (this.#exceeded) return;
    if (!isLarger(frame, this.#maxBytes)) return this.#handler.onFrame(frame);
    this.#exceeded = true;
    this.#webSocket?.close(TOO_LARGE_CODE, "Message too large");
  }

  onClose(cause: CloseCause): void {
    this.#handler.onClose(this.#exceeded ? tooLarge(this.#maxBytes) : cause);
  }
}
