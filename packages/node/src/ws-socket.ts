import type { CloseCause, Frame, Socket, SocketHandler } from "@holdfast/core";
import { causeOfClose, sanitiseClose } from "@holdfast/core/socket";
import { WebSocket } from "ws";
import type { Ear, HeardWebSocket } from "./heard-web-socket.ts";
import type { OpenSockets } from "./open-sockets.ts";

/** After so many frames a socket lets the loop turn: Node would read up to two megabytes before it does. */
const BURST = 512;

const TEXT = { binary: false };
let latestText = "";
const NO_BYTES: Buffer = Buffer.alloc(0);
let latestBytes = NO_BYTES;

/** A server tells many sockets one text in a row: it is encoded for the first, and nobody changes its bytes. */
function encodedOnce(text: string): Buffer {
  if (text !== latestText) {
    // In a row means in this turn: kept on, a large one would be memory for nothing.
    if (latestText === "") queueMicrotask(forgetLatest);
    latestText = text;
    latestBytes = Buffer.from(text);
  }
  return latestBytes;
}

function forgetLatest(): void {
  latestText = "";
  latestBytes = NO_BYTES;
}

/** An open WebSocket of `ws` as a {@linkcode Socket}, dialled or accepted. */
export class WsSocket implements Socket, Ear {
  /** What is called for it. */
  handler!: SocketHandler;
  readonly #webSocket: HeardWebSocket;
  readonly #among: OpenSockets | undefined;
  /** `ws` gave up: its close follows, and says less about it. */
  #failure: Error | undefined;
  #burst = 0;
  #dropped = false;

  /**
   * @param webSocket An open one. `handler` must be set in the same turn.
   * @param among Where it is kept as long as it has not ended.
   */
  constructor(webSocket: HeardWebSocket, among?: OpenSockets) {
    this.#webSocket = webSocket;
    this.#among = among;
    among?.add(this);
    webSocket.ear = this;
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(frame: Frame): boolean {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return false;
    // ws keeps unmasked bytes by reference until the system takes them: the caller's may change meanwhile.
    if (typeof frame !== "string") this.#webSocket.send(new Uint8Array(frame));
    else if (this.#among === undefined) this.#webSocket.send(frame);
    else this.#webSocket.send(encodedOnce(frame), TEXT);
    return true;
  }

  close(code?: number, reason?: string): void {
    const fit = sanitiseClose(code, reason);
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

  /** It is over. */
  #ended(code: number, reason: Buffer): void {
    this.#among?.delete(this);
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
