import type {
  Acceptor,
  CloseCause,
  Frame,
  Incoming,
  Refusal,
  Socket,
  SocketHandler,
  Welcome,
} from "@holdfast/core";
import { ensure, within } from "./expect.ts";

/** Waits for conditions that change only when something is noted. */
export class Watch {
  readonly #waiting = new Set<() => void>();

  /** To be called after each change. */
  changed(): void {
    for (const check of [...this.#waiting]) check();
  }

  /** Resolves once the condition holds; fails after so many milliseconds. */
  async until(what: string, holds: () => boolean, ms = 5_000): Promise<void> {
    if (holds()) return;
    let check: (() => void) | undefined;
    const met = new Promise<void>((resolve) => {
      check = () => holds() && resolve();
      this.#waiting.add(check);
    });
    try {
      await within(ms, what, met);
    } finally {
      if (check !== undefined) this.#waiting.delete(check);
    }
  }
}

/** A handler that writes down what it is told, and what it should not have been told. */
export class Recorder extends Watch implements SocketHandler {
  readonly frames: Frame[] = [];
  readonly ends: CloseCause[] = [];
  readonly faults: string[] = [];
  pongs = 0;
  #inside = "";
  readonly #answer: ((frame: Frame) => void) | undefined;

  /** @param answer What else is done with each frame. */
  constructor(answer?: (frame: Frame) => void) {
    super();
    this.#answer = answer;
  }

  onFrame(frame: Frame): void {
    if (this.ends.length > 0) this.faults.push("a frame after the end");
    this.frames.push(frame);
    this.#answer?.(frame);
    this.changed();
  }

  onPong(): void {
    this.pongs++;
    this.changed();
  }

  onClose(cause: CloseCause): void {
    if (this.ends.length > 0) this.faults.push("a second end");
    if (this.#inside !== "") this.faults.push(`an end inside ${this.#inside}`);
    this.ends.push(cause);
    this.changed();
  }

  /** Calls something on the socket, from inside which no end may be told. */
  inside<T>(what: string, call: () => T): T {
    this.#inside = what;
    try {
      return call();
    } finally {
      this.#inside = "";
    }
  }

  /** The one end, once it is told. */
  async ended(ms?: number): Promise<CloseCause> {
    await this.until("an end", () => this.ends.length > 0, ms);
    return this.ends[0] as CloseCause;
  }

  /** Fails if it was told something that it should not have been told. */
  check(who: string): void {
    ensure(this.faults.length === 0, `${who} to be told nothing wrong, but it was told ${this.faults[0]}`);
  }
}

/** One socket on the listener's side. */
export interface Guest {
  readonly incoming: Incoming;
  readonly socket: Socket;
  readonly recorder: Recorder;
}

/** What a door does with its guests. */
export interface DoorOptions {
  /** Sends every frame back. */
  echo?: boolean;
  /** Does this with every frame. */
  answer?: (socket: Socket, frame: Frame) => void;
  /** Refuses instead of welcoming. */
  refuse?: (incoming: Incoming) => Refusal | undefined;
  /** What the answer waits for. */
  later?: (incoming: Incoming) => Promise<void>;
  /** Called inside the welcome. */
  greet?: (socket: Socket) => void;
}

/** The listener's side of a case: welcomes, and keeps what it welcomed. */
export class Door extends Watch {
  readonly guests: Guest[] = [];
  asked = 0;
  readonly #options: DoorOptions;

  constructor(options: DoorOptions = {}) {
    super();
    this.#options = options;
  }

  readonly accept: Acceptor = (incoming) => {
    this.asked++;
    this.changed();
    const { later } = this.#options;
    return later === undefined ? this.#answer(incoming) : later(incoming).then(() => this.#answer(incoming));
  };

  #answer(incoming: Incoming): Welcome | Refusal {
    const refused = this.#options.refuse?.(incoming);
    if (refused !== undefined) return refused;
    return (socket) => {
      const recorder = new Recorder((frame) => {
        if (this.#options.echo) socket.send(frame);
        this.#options.answer?.(socket, frame);
      });
      this.guests.push({ incoming, socket, recorder });
      this.#options.greet?.(socket);
      this.changed();
      return recorder;
    };
  }

  /** The guest of this number, once it is there. */
  async guest(index = 0): Promise<Guest> {
    await this.until(`guest ${index}`, () => this.guests.length > index);
    return this.guests[index] as Guest;
  }

  /** Resolves once every guest has gone. */
  async empty(): Promise<void> {
    for (const { recorder } of this.guests) await recorder.ended();
  }

  /** Fails if a guest was told something that it should not have been told. */
  check(): void {
    for (const { recorder } of this.guests) recorder.check("the listener's side");
  }
}
