import type { Duplex } from "node:stream";
import type { Refusal } from "@holdfast/core";
import { BAD_REQUEST, UNDECIDED } from "@holdfast/core/socket";
import type { OpenSockets } from "./open-sockets.ts";

/** What a waiting peer was waiting for, or why it waits no more. */
export interface Waiting {
  readonly stream: Duplex;
  readonly among: OpenSockets;
  readonly timeoutMs: number;
  /** Answers and ends the stream, where the transport has answers; it is read meanwhile only then. */
  readonly answer?: (stream: Duplex, refusal: Refusal) => void;
  /** Called when the peer is not to be answered any more: it hung up, spoke too early, or was given up. */
  onGivenUp(): void;
}

/** A peer whose acceptor makes up its mind. Watched meanwhile: ws, node:http and whoever reads lines come later. */
export class WaitingPeer {
  readonly #waiting: Waiting;
  readonly #timer: ReturnType<typeof setTimeout>;
  #over = false;

  constructor(waiting: Waiting) {
    this.#waiting = waiting;
    const { stream, among, timeoutMs, answer } = waiting;
    this.#timer = setTimeout(this.#giveUp, timeoutMs);
    among.add(this);
    if (answer !== undefined) {
      stream.on("data", this.#spoke);
      stream.on("end", this.#hungUp);
    }
    stream.on("error", this.#hungUp);
    stream.on("close", this.#hungUp);
  }

  /** Ends the wait. Returns whether the peer is still there to be answered. In the same turn somebody must read on. */
  end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    const { stream, among } = this.#waiting;
    clearTimeout(this.#timer);
    stream.off("data", this.#spoke);
    stream.off("end", this.#hungUp);
    stream.off("error", this.#hungUp);
    stream.off("close", this.#hungUp);
    among.delete(this);
    return !stream.destroyed;
  }

  /** Drops the peer: the listener closes. */
  terminate(): void {
    this.#hungUp();
  }

  readonly #hungUp = (): void => {
    const { stream } = this.#waiting;
    this.#forget();
    stream.on("error", () => {});
    stream.destroy();
  };

  /** A client must not send frames before its upgrade is answered (RFC 6455, section 4.1). */
  readonly #spoke = (): void => {
    this.#refuse(BAD_REQUEST);
  };

  readonly #giveUp = (): void => {
    console.error(`Acceptor of a listener gave no answer within ${this.#waiting.timeoutMs} ms`);
    this.#refuse(UNDECIDED);
  };

  #refuse(refusal: Refusal): void {
    const { stream, answer } = this.#waiting;
    if (answer === undefined) return this.#hungUp();
    this.#forget();
    answer(stream, refusal);
  }

  #forget(): void {
    this.end();
    this.#waiting.onGivenUp();
  }
}
