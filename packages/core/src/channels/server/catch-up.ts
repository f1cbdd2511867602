import { ScheduledTask, type Scheduler } from "../../connection/scheduler.ts";
import { idInHead } from "./frames.ts";

/** How long until a listener that has much to read is looked at again, in milliseconds. */
const PAUSE_MS = 20;

/** How long what was replayed is remembered where other servers may send the same a little later, in milliseconds. */
const REMEMBER_MS = 10_000;

/** What a catch-up needs of its listener. */
export interface CatchingUp {
  readonly open: boolean;
  readonly bufferedAmount: number;
  /** Sends past the catch-up; whether the socket took it. */
  sendNow(head: string): boolean;
  /** All is sent: what comes now goes straight to the socket. */
  caughtUp(): void;
  /** More came meanwhile than may wait. */
  overwhelmed(characters: number): void;
}

/**
 * What a listener that resumes gets, in order: CONNECTED, then history, then what was emitted meanwhile. History may be
 * larger than what may wait in a socket, so it is sent as fast as the listener reads; the rest waits here, bounded.
 */
export class CatchUp extends ScheduledTask {
  readonly #scheduler: Scheduler;
  readonly #listener: CatchingUp;
  readonly #maxBytes: number;
  #queue: string[] = [];
  #live: string[] = [];
  #liveLength = 0;
  #next = 0;
  #begun = false;

  constructor(scheduler: Scheduler, listener: CatchingUp, maxBytes: number) {
    super();
    this.#scheduler = scheduler;
    this.#listener = listener;
    this.#maxBytes = maxBytes;
  }

  /** Whether CONNECTED is out. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Something is emitted meanwhile: it waits its turn. */
  hold(head: string): boolean {
    this.#live.push(head);
    this.#liveLength += head.length;
    if (this.#liveLength <= this.#maxBytes) return true;
    this.#listener.overwhelmed(this.#liveLength);
    return false;
  }

  /** History is there. Returns what was in it, for {@linkcode Replayed}. */
  begin(connected: string, history: readonly string[]): Replayed {
    const replayed = new Replayed(history.map(idInHead), this.#scheduler.clock.now() + REMEMBER_MS);
    // Emitted meanwhile and in history already: the live one is told, for its acknowledgement may be waited for.
    const live = new Set(this.#live.map(idInHead));
    this.#queue = [connected, ...history.filter((head) => !live.has(idInHead(head)))];
    this.#begun = true;
    this.run();
    return replayed;
  }

  /** Ends it; nothing of it is left. */
  stop(): void {
    this.#scheduler.disarm(this);
    this.#queue = [];
    this.#live = [];
  }

  run(): void {
    while (this.#begun && this.#listener.open) {
      // Before each frame, not after: one more at every look would outrun a steady reader, whom 1013 ends then.
      if (this.#listener.bufferedAmount > this.#maxBytes / 2) return this.#scheduler.arm(this, PAUSE_MS);
      const head = this.#take();
      if (head === undefined) return this.#listener.caughtUp();
      this.#listener.sendNow(head);
    }
  }

  #take(): string | undefined {
    if (this.#next === this.#queue.length) {
      this.#queue = this.#live;
      this.#live = [];
      this.#liveLength = 0;
      this.#next = 0;
    }
    return this.#queue[this.#next++];
  }
}

/** What was replayed a moment ago: the same event may still come from another server, and is dropped then. */
export class Replayed {
  readonly until: number;
  readonly #ids: ReadonlySet<string>;

  constructor(ids: readonly string[], until: number) {
    this.#ids = new Set(ids);
    this.until = until;
  }

  has(head: string): boolean {
    return this.#ids.size > 0 && this.#ids.has(idInHead(head));
  }
}
