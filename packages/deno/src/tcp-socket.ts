import type { CloseCause, Frame, Socket, SocketHandler } from "@holdfast/core";
import { causeOfClose, encodeLine, LineDecoder, sanitiseClose } from "@holdfast/core/socket";

/** How lines are carried. */
export interface LineLimits {
  /** A longer line ends the connection, in bytes. */
  readonly maxLineBytes: number;
  /** How long a close may take before the connection is dropped, in milliseconds. */
  readonly closeTimeoutMs: number;
}

/** What is read at once, in bytes; each open socket holds one such buffer. */
const READ_BYTES = 8_192;

/**
 * A TCP connection as a {@linkcode Socket}: one frame a line. TCP carries no close code, so the peer hears of an
 * abnormal end; this side hears its own code once the peer has ended too, as with the echo of a WebSocket.
 */
export class TcpSocket implements Socket {
  /** What is called for it. */
  handler!: SocketHandler;
  readonly #connection: Deno.TcpConn;
  readonly #limits: LineLimits;
  readonly #sanitise: typeof sanitiseClose;
  readonly #lines: LineDecoder;
  #queue: Uint8Array[] = [];
  #buffered = 0;
  #writing: Promise<void> | undefined;
  #state: "open" | "closing" | "dropped" = "open";
  #asked: CloseCause | undefined;
  #failure: CloseCause | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param connection An open one; it is read from `run` on.
   * @param sanitise What close codes this side may name.
   */
  constructor(connection: Deno.TcpConn, limits: LineLimits, sanitise: typeof sanitiseClose = sanitiseClose) {
    this.#sanitise = sanitise;
    this.#connection = connection;
    this.#limits = limits;
    this.#lines = new LineDecoder(limits.maxLineBytes);
    try {
      connection.setNoDelay(true);
    } catch {
      // Some systems refuse this for a connection that was reset already; its first read will tell.
    }
  }

  get bufferedAmount(): number {
    return this.#buffered;
  }

  send(frame: Frame): boolean {
    if (this.#state !== "open") return false;
    const line = encodeLine(frame);
    this.#queue.push(line);
    this.#buffered += line.length;
    this.#writing ??= this.#write();
    return true;
  }

  close(code?: number, reason?: string): void {
    if (this.#state !== "open") return;
    const fit = this.#sanitise(code, reason);
    this.#asked = causeOfClose(fit.code, fit.reason);
    this.#end();
  }

  terminate(): void {
    if (this.#state === "dropped") return;
    this.#state = "dropped";
    clearTimeout(this.#timer);
    this.#connection.close();
  }

  /** Reads until the end, and tells the handler; settles when all is told. */
  async run(): Promise<void> {
    const peerEnded = await this.#read();
    const answered = peerEnded && this.#state === "closing" ? this.#asked : undefined;
    if (peerEnded && this.#state === "open") this.#end();
    // The peer may still read: what is queued goes out, within the timeout of a close.
    if (peerEnded) await this.#writing;
    this.terminate();
    this.handler.onClose(this.#failure ?? answered ?? causeOfClose(undefined));
  }

  /** Whether the peer ended its half, and not an error or this side the connection. */
  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      while (this.#state !== "dropped") {
        const count = await this.#connection.read(buffer);
        if (count === null) return true;
        this.#take(buffer.subarray(0, count));
      }
    } catch (error) {
      this.#failed(error);
    }
    return false;
  }

  #take(bytes: Uint8Array): void {
    const fits = this.#lines.push(bytes, (line) => {
      if (this.#state !== "dropped") this.handler.onFrame(line);
    });
    if (fits || this.#state === "dropped") return;
    this.#failure = { kind: "too-large", message: `Line was longer than ${this.#limits.maxLineBytes} bytes` };
    this.terminate();
  }

  /** Ends this half once all is written. A peer that does not end its half, or does not read, is dropped. */
  #end(): void {
    this.#state = "closing";
    this.#timer = setTimeout(() => this.terminate(), this.#limits.closeTimeoutMs);
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    // Not before the turn ends: what is sent in one turn goes out in one piece.
    await undefined;
    try {
      while (this.#queue.length > 0) {
        const bytes = joined(this.#queue);
        this.#queue = [];
        for (let start = 0; start < bytes.length; ) {
          const count = await this.#connection.write(bytes.subarray(start));
          start += count;
          this.#buffered -= count;
        }
      }
      if (this.#state === "closing") await this.#connection.closeWrite();
      else this.#writing = undefined;
    } catch (error) {
      this.#failed(error);
      this.terminate();
    }
  }

  /** Closing a connection fails what is under way on it: after this side's own drop that is no news. */
  #failed(error: unknown): void {
    if (this.#state === "dropped") return;
    const said = error instanceof Error ? error.message : String(error);
    this.#failure ??= { kind: "abnormal", message: `Connection ended: ${said}`, error };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
