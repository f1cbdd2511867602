import type { CloseCause } from "./close-cause.ts";
import { causeOfClose, sanitiseClose, sanitiseServerClose } from "./close-cause.ts";
import type { Frame, Socket, SocketHandler } from "./socket.ts";

/** How a memory socket's deliveries are run: at once in order, or later by a simulated network. */
export type Deliver = (task: () => void) => void;

/**
 * One end of a pair of sockets in memory: the reference for what every transport must do, and the test double.
 * Frames arrive in order, each in its own microtask, never inside `send`.
 */
export class MemorySocket implements Socket {
  /** The other end. */
  peer!: MemorySocket;
  /** Called for what arrives here. */
  handler: SocketHandler | undefined;
  readonly #deliver: Deliver;
  readonly #sanitise: typeof sanitiseClose;
  #state: "open" | "closing" | "closed" = "open";

  /**
   * One end; `memorySocketPair` makes both.
   *
   * @param deliver How what is sent here reaches the other end.
   * @param sanitise What close codes it may send.
   */
  constructor(deliver: Deliver, sanitise: typeof sanitiseClose = sanitiseClose) {
    this.#deliver = deliver;
    this.#sanitise = sanitise;
  }

  /** Always 0: memory takes all at once. */
  get bufferedAmount(): number {
    return 0;
  }

  /** Whether this end neither closed nor was closed. */
  get open(): boolean {
    return this.#state === "open";
  }

  /** Whether nothing goes through this end any more. */
  get ended(): boolean {
    return this.#state === "closed";
  }

  /** Sends a frame to the other end; false once this end began to close. */
  send(frame: Frame): boolean {
    if (this.#state !== "open") return false;
    const own = typeof frame === "string" ? frame : new Uint8Array(frame);
    this.#deliver(() => this.peer.#receive(own));
    return true;
  }

  /** Begins a close with a code and a reason. */
  close(code?: number, reason?: string): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    const fit = this.#sanitise(code, reason);
    this.#deliver(() => this.peer.#closedBy(fit.code, fit.reason));
  }

  /** Ends both ends abnormally. */
  terminate(): void {
    if (this.#state === "closed") return;
    this.#deliver(() => this.peer.end(causeOfClose(1006)));
    const { handler } = this;
    this.handler = undefined;
    this.#state = "closed";
    queueMicrotask(() => handler?.onClose(causeOfClose(1006)));
  }

  /** Asks for a pong of the other end. */
  ping(): void {
    if (this.#state !== "open") return;
    this.#deliver(() => this.peer.#answerPing());
  }

  /** Ends this side only, as a network does: the handler is told, the peer is not. */
  end(cause: CloseCause): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const { handler } = this;
    this.handler = undefined;
    handler?.onClose(cause);
  }

  #receive(frame: Frame): void {
    // As in RFC 6455: a side that began to close still takes what the peer sent before it saw the close.
    if (this.#state !== "closed") this.handler?.onFrame(frame);
  }

  #answerPing(): void {
    if (this.#state === "open") this.#deliver(() => this.peer.handler?.onPong?.());
  }

  #closedBy(code: number, reason: string): void {
    if (this.#state === "open") {
      // The answer to a close frame echoes its code.
      this.#deliver(() => this.peer.end(causeOfClose(code, reason)));
    }
    this.end(causeOfClose(code, reason));
  }
}

/** Two connected sockets in memory, the dialled one first. What arrives at an end before its `handler` is set is lost. */
export function memorySocketPair(
  deliver: Deliver = queueMicrotask,
  backDeliver: Deliver = deliver,
): [MemorySocket, MemorySocket] {
  const near = new MemorySocket(deliver);
  const far = new MemorySocket(backDeliver, sanitiseServerClose);
  near.peer = far;
  far.peer = near;
  return [near, far];
}
