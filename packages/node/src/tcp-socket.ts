import type { Socket as Stream } from "node:net";
import type { CloseCause, Frame, Socket, SocketHandler } from "@holdfast/core";
import {
  causeOfClose,
  encodeLine,
  LineDecoder,
  sanitiseClose,
  sanitiseServerClose,
} from "@holdfast/core/socket";
import type { OpenSockets } from "./open-sockets.ts";

/** Where a stream keeps its owner, so that all of them share one set of listeners. */
const owner = Symbol("holdfast.owner");

interface OwnedStream extends Stream {
  [owner]?: TcpSocket;
}

/** How lines are carried. */
export interface LineLimits {
  /** A longer line ends the connection, in bytes. */
  readonly maxLineBytes: number;
  /** How long a close may take before the connection is dropped, in milliseconds. */
  readonly closeTimeoutMs: number;
}

/**
 * A TCP connection as a {@linkcode Socket}: one frame a line. TCP carries no close code, so the peer hears of an
 * abnormal end; this side hears its own code once the peer has ended too, as with the echo of a WebSocket.
 */
export class TcpSocket implements Socket {
  /** What is called for it. */
  handler!: SocketHandler;
  readonly #stream: Stream;
  readonly #limits: LineLimits;
  readonly #among: OpenSockets | undefined;
  readonly #lines: LineDecoder;
  #state: "open" | "closing" | "dropped" = "open";
  #asked: CloseCause | undefined;
  #failure: CloseCause | undefined;
  #peerEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param stream An open one. `handler` must be set in the same turn.
   * @param among Where it is kept as long as it has not ended.
   */
  constructor(stream: Stream, limits: LineLimits, among?: OpenSockets) {
    this.#stream = stream;
    this.#limits = limits;
    this.#lines = new LineDecoder(limits.maxLineBytes);
    this.#among = among;
    among?.add(this);
    stream.setNoDelay(true);
    (stream as OwnedStream)[owner] = this;
    stream.on("data", onData);
    stream.on("end", onEnd);
    stream.on("error", onError);
    stream.on("close", onClose);
  }

  get bufferedAmount(): number {
    return this.#stream.writableLength;
  }

  send(frame: Frame): boolean {
    if (this.#state !== "open" || !this.#stream.writable) return false;
    this.#stream.write(encodeLine(frame));
    return true;
  }

  close(code?: number, reason?: string): void {
    if (this.#state !== "open") return;
    const fit = (this.#among === undefined ? sanitiseClose : sanitiseServerClose)(code, reason);
    this.#asked = causeOfClose(fit.code, fit.reason);
    this.#state = "closing";
    this.#stream.end();
    this.#expectEnd();
  }

  terminate(): void {
    this.#state = "dropped";
    this.#stream.destroy();
  }

  /** A peer that does not end its half, or does not read what is left for it, is dropped. */
  #expectEnd(): void {
    this.#timer ??= setTimeout(() => this.#stream.destroy(), this.#limits.closeTimeoutMs);
  }

  /** Bytes were read. */
  received(bytes: Uint8Array): void {
    const fits = this.#lines.push(bytes, (line) => {
      if (this.#state !== "dropped") this.handler.onFrame(line);
    });
    if (fits || this.#state === "dropped") return;
    this.#failure = { kind: "too-large", message: `Line was longer than ${this.#limits.maxLineBytes} bytes` };
    this.terminate();
  }

  /** The peer ended its half; the stream ends the other by itself, once what is left is written. */
  peerEnded(): void {
    this.#peerEnded = true;
    this.#expectEnd();
  }

  /** The system reports an error: the end follows. */
  failed(error: Error): void {
    this.#failure ??= { kind: "abnormal", message: `Connection ended: ${error.message}`, error };
  }

  /** It is over. */
  ended(): void {
    clearTimeout(this.#timer);
    this.#among?.delete(this);
    const answered = this.#peerEnded && this.#state === "closing" ? this.#asked : undefined;
    this.handler.onClose(this.#failure ?? answered ?? causeOfClose(undefined));
  }
}

function onData(this: OwnedStream, bytes: Buffer): void {
  this[owner]?.received(bytes);
}

function onEnd(this: OwnedStream): void {
  this[owner]?.peerEnded();
}

function onError(this: OwnedStream, error: Error): void {
  this[owner]?.failed(error);
}

function onClose(this: OwnedStream): void {
  this[owner]?.ended();
}
