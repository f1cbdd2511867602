import type { Frame } from "../socket/socket.ts";
import type { Attempt } from "./attempt.ts";
import type { Link } from "./link.ts";

/**
 * The socket that a connection has open now, for a protocol's room that writes frames of its own past the schemas. It
 * is the one of one attempt: when that is gone the wire takes nothing more, whatever the connection dials next.
 */
export class Wire {
  readonly #link: Link;
  readonly #attempt: Attempt;

  constructor(link: Link, attempt: Attempt) {
    this.#link = link;
    this.#attempt = attempt;
  }

  /** Whether it still takes frames. */
  get open(): boolean {
    return this.#link.open?.attempt === this.#attempt;
  }

  /** What was handed to the socket and has not left it, in bytes. */
  get bufferedAmount(): number {
    return this.#attempt.socket?.bufferedAmount ?? 0;
  }

  /** Hands over a frame past everything that is queued, as an urgent message goes; false when it is not taken. */
  write(frame: Frame): boolean {
    return this.open && this.#link.write(frame);
  }
}
