import type { Scheduler } from "../../connection/scheduler.ts";
import { Deferred } from "../../deferred.ts";
import type { Emits } from "./emits.ts";
import type { Listener } from "./listener.ts";
import type { Listeners } from "./listeners.ts";
import { Spread } from "./spread.ts";

/** What is to end. */
export interface EndingOwner {
  readonly listeners: Listeners;
  readonly emits: Emits;
  /** Everybody is gone: what is left of the server ends. */
  shut(): Promise<void>;
}

/** How a server ends: gently, or at once. Each may be asked for more than once, and in the midst of the other. */
export class Ending {
  readonly #owner: EndingOwner;
  readonly #scheduler: Scheduler;
  readonly #emptied = new Deferred<void>();
  #begun = false;
  #drained: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #spread: Spread<Listener> | undefined;

  constructor(owner: EndingOwner, scheduler: Scheduler) {
    this.#owner = owner;
    this.#scheduler = scheduler;
  }

  /** Whether nobody is let in any more. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether everybody was dropped. */
  get closed(): boolean {
    return this.#closed !== undefined;
  }

  drain(overMs: number): Promise<void> {
    this.#begun = true;
    this.#drained ??= this.#drain(overMs);
    return this.#drained;
  }

  close(): Promise<void> {
    this.#begun = true;
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Tells one to resume elsewhere. */
  tell(listener: Listener): void {
    const text = "The server is about to end: connect anew and resume";
    this.#owner.listeners.closeWith(listener, "DRAINING", text, 1012);
  }

  /** A socket is gone. */
  socketGone(): void {
    if (this.#begun && this.#owner.listeners.sockets === 0) this.#emptied.resolve();
  }

  /** Emits that wait are answered first: who has to acknowledge is still there. Then all leave, a few at a time. */
  async #drain(overMs: number): Promise<void> {
    const { listeners, emits } = this.#owner;
    await emits.idle();
    listeners.ending = true;
    if (listeners.sockets > 0 && !this.closed) {
      this.#spread = new Spread(this.#scheduler, listeners.all(), overMs, (listener) => this.tell(listener));
      this.#spread.run();
      await this.#emptied.promise;
    }
    await this.close();
  }

  async #close(): Promise<void> {
    const { listeners } = this.#owner;
    listeners.ending = true;
    this.#spread?.stop();
    for (const listener of listeners.all()) listener.drop(1012, "The server is closed");
    this.#emptied.resolve();
    await this.#owner.shut();
  }
}
