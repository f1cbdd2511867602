import { type NetConnectOpts, Socket, type SocketConstructorOpts } from "node:net";

/** How many ends are handled in one turn of the loop. */
const PER_TURN = 64;

/**
 * Spreads the ends of a crowd over the turns of the loop. When a server dies the system reports thousands of ends at
 * once, Node hands all of them over in one turn, and each takes some 40 µs to tear down a stream, a socket and a
 * WebSocket: 5,000 of them stall the loop for 200 ms. An end that comes alone is handled at once, as ever.
 */
export class EndPace {
  #waiting: Array<() => void> = [];
  #left = PER_TURN;
  #armed = false;

  /** Handles an end, in this turn or in a later one; ends keep their order. */
  run(handle: () => void): void {
    this.#arm();
    if (this.#left > 0 && this.#waiting.length === 0) {
      this.#left--;
      handle();
    } else this.#waiting.push(handle);
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#armed = false;
    const due = this.#waiting.slice(0, PER_TURN);
    this.#waiting = this.#waiting.slice(PER_TURN);
    this.#left = PER_TURN - due.length;
    if (this.#waiting.length > 0) this.#arm();
    for (const handle of due) handle();
  }
}

/** A TCP connection whose end waits for its turn: by FIN or by RST. */
class PacedSocket extends Socket {
  readonly #pace: EndPace;

  constructor(options: SocketConstructorOpts, pace: EndPace) {
    super(options);
    this.#pace = pace;
  }

  /** `null` is the end of what the peer sends. */
  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk !== null) return super.push(chunk, encoding);
    this.#pace.run(() => {
      super.push(null);
      // Node asks for this read right after the push, when there was no end to be found yet.
      if (!this.destroyed) this.read(0);
    });
    return false;
  }

  /** An error is how the peer's reset arrives; what is dropped on this side is gone at once. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (error === null) super._destroy(error, callback);
    else this.#pace.run(() => super._destroy(error, callback));
  }
}

/** Connects for `http.request`; all connections of one such function share a pace. */
export function pacedConnections(): (options: NetConnectOpts) => Socket {
  const pace = new EndPace();
  // The path is that of the request; to a socket it would name a pipe.
  return (options) =>
    new PacedSocket(options as SocketConstructorOpts, pace).connect({
      ...options,
      path: undefined,
    } as NetConnectOpts);
}
