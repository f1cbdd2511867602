import type { Socket as Stream } from "node:net";

/** One TCP connection that can be written to at any moment: what comes too late is left out, and nothing throws. */
export class Wire {
  readonly #stream: Stream;
  #last: Promise<void> = Promise.resolve();

  constructor(stream: Stream) {
    this.#stream = stream;
    // Each byte of a drip is to travel alone.
    stream.setNoDelay(true);
  }

  /** Whether what is written can still go out. */
  get isWritable(): boolean {
    return this.#stream.writable;
  }

  /** Does this once what was asked for before is done, so that no frame ends up inside another. */
  inTurn(task: () => Promise<void> | void): Promise<void> {
    this.#last = this.#last.then(task);
    return this.#last;
  }

  /** Writes; resolves once the system has the bytes. On a connection that is over it may never resolve. */
  write(bytes: Uint8Array | string): Promise<void> {
    if (!this.isWritable) return Promise.resolve();
    return new Promise((resolve) => this.#stream.write(bytes, () => resolve()));
  }

  /** Writes a byte at a time; without the delays once the signal is aborted, so that a frame becomes whole. */
  async drip(bytes: Uint8Array, byteDelayMs: number, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < bytes.length && this.isWritable; at++) {
      if (at > 0) await delay(byteDelayMs, signal);
      await this.write(bytes.subarray(at, at + 1));
    }
  }

  /** Sends a FIN; what is being written goes first. */
  end(): Promise<void> {
    return this.inTurn(() => {
      if (this.isWritable) this.#stream.end();
    });
  }

  /** Sends a RST at once, and no FIN before it. */
  reset(): void {
    if (!this.#stream.destroyed) this.#stream.resetAndDestroy();
  }

  /** Drops the connection at once, whatever is still to be written; resolves when it is gone. */
  drop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.closed) return resolve();
      this.#stream.once("close", () => resolve());
      this.#stream.destroy();
    });
  }

  /** Reads nothing more: what the dialler sends piles up. */
  stopReading(): void {
    this.#stream.pause();
  }
}

/** Resolves after so many milliseconds, or once the signal is aborted. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
