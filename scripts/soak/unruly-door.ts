import type { Acceptor, Frame, Random, Socket } from "@holdfast/core";

/** Shares of all events on global connections. */
const TWICE_SHARE = 0.03;
const LATE_SHARE = 0.03;

/** How late an event is at most, in milliseconds. */
const MAX_LATE_MS = 500;

/**
 * Stands before a door: says "later" to a dial now and then, and on global connections says some things twice and some late,
 * behind what was said after them. Team connections pass as they are: what they are sent is counted.
 */
export class UnrulyDoor {
  /** How often each thing happened. */
  readonly counts = {
    "503 at the listener": 0,
    "event sent twice": 0,
    "event sent late": 0,
    "global dropped": 0,
  };
  readonly #random: Random;
  readonly #globals = new Set<Socket>();
  #busy = false;
  #calm = false;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The door with this one before it. */
  before(accept: Acceptor): Acceptor {
    return (incoming) => {
      if (this.#busy) {
        this.#busy = false;
        this.counts["503 at the listener"]++;
        return { status: 503, reason: "Busy on purpose" };
      }
      const answer = accept(incoming);
      if (typeof answer !== "function" || !incoming.path.startsWith("/global")) return answer;
      return (socket) => {
        this.#globals.add(socket);
        const handler = answer(this.#unruly(socket));
        return {
          onFrame: (frame) => handler.onFrame(frame),
          onPong: () => handler.onPong?.(),
          onClose: (cause) => {
            this.#globals.delete(socket);
            handler.onClose(cause);
          },
        };
      };
    };
  }

  /** Whether a global connection is open. */
  get hasGlobal(): boolean {
    return this.#globals.size > 0;
  }

  /** The next dial is told to come later. It speaks for all dials to this host: they are held until its own next. */
  refuseNext(): void {
    this.#busy = true;
  }

  /** Cuts the global connections off. Returns whether there was one. */
  dropGlobal(): boolean {
    const there = this.hasGlobal;
    if (there) this.counts["global dropped"]++;
    for (const socket of this.#globals) socket.terminate?.();
    return there;
  }

  /** From now on everything passes as it is. */
  calm(): void {
    this.#calm = true;
    this.#busy = false;
  }

  #unruly(socket: Socket): Socket {
    return {
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      send: (frame) => this.#send(socket, frame),
      close: (code, reason) => socket.close(code, reason),
      terminate: () => socket.terminate?.(),
      ping: () => socket.ping?.(),
    };
  }

  #send(socket: Socket, frame: Frame): boolean {
    if (this.#chance(LATE_SHARE)) {
      this.counts["event sent late"]++;
      setTimeout(() => socket.send(frame), 1 + MAX_LATE_MS * this.#random());
      return true;
    }
    if (this.#chance(TWICE_SHARE)) {
      this.counts["event sent twice"]++;
      socket.send(frame);
    }
    return socket.send(frame);
  }

  #chance(share: number): boolean {
    return !this.#calm && this.#random() < share;
  }
}
