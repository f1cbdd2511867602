import { abortError, HoldfastError } from "../errors.ts";
import { STALL_MS } from "./heartbeat.ts";
import { type Scheduler, Timer, type TimerOwner } from "./scheduler.ts";

/** How long a reply is waited for. */
export interface ReplyOptions {
  /** In milliseconds. @default 5000 */
  timeoutMs?: number;
  /** Gives up waiting. */
  signal?: AbortSignal;
}

class Pending implements TimerOwner {
  readonly timer: Timer = new Timer(this);
  graced = false;
  off: () => void = () => {};
  readonly #table: Replies;
  readonly key: unknown;
  readonly settle: {
    resolve(message: never): void;
    reject(error: HoldfastError): void;
  };

  constructor(table: Replies, key: unknown, settle: Pending["settle"]) {
    this.#table = table;
    this.key = key;
    this.settle = settle;
  }

  onTimer(_timer: Timer, lateMs: number): void {
    this.#table.overdue(this, lateMs);
  }
}

/**
 * Requests that wait for their reply, by key: one at a time for each key. Every one of them ends: by its reply,
 * its timeout, its signal, or the loss of the connection.
 */
export class Replies {
  readonly #scheduler: Scheduler;
  readonly #pending = new Map<unknown, Pending>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** How many wait. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Waits for the reply with this key. A second wait for the same key replaces the first, which is rejected.
   * @throws {HoldfastError} `timeout`, `aborted`, `connection-lost` or `closed`.
   */
  expect<Message>(key: unknown, timeoutMs: number, signal?: AbortSignal): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError("Request", signal));
      if (this.#pending.has(key)) this.fail(key, replaced());
      const pending = new Pending(this, key, { resolve, reject });
      this.#pending.set(key, pending);
      this.#scheduler.arm(pending.timer, timeoutMs);
      if (signal === undefined) return;
      const abort = (): void => this.#fail(pending, abortError("Request", signal));
      signal.addEventListener("abort", abort, { once: true });
      pending.off = () => signal.removeEventListener("abort", abort);
    });
  }

  /** Hands a reply to whoever waits for this key; returns whether somebody did. */
  resolve(key: unknown, message: unknown): boolean {
    const pending = this.#pending.get(key);
    if (pending === undefined) return false;
    this.#remove(pending);
    pending.settle.resolve(message as never);
    return true;
  }

  /** Hands the same reply to everybody. */
  resolveAll(message: unknown): void {
    for (const key of [...this.#pending.keys()]) this.resolve(key, message);
  }

  /** Rejects whoever waits for this key; returns whether somebody did. */
  fail(key: unknown, error: HoldfastError): boolean {
    const pending = this.#pending.get(key);
    if (pending === undefined) return false;
    this.#fail(pending, error);
    return true;
  }

  /** Rejects everybody: the connection is gone. */
  failAll(error: HoldfastError): void {
    for (const pending of [...this.#pending.values()]) this.#fail(pending, error);
  }

  /** A timeout; after a stall of our own a reply that is already in the kernel's buffer gets its turn first. */
  overdue(pending: Pending, lateMs: number): void {
    if (lateMs > STALL_MS && !pending.graced) {
      pending.graced = true;
      this.#scheduler.arm(pending.timer, STALL_MS);
    } else this.#fail(pending, new HoldfastError("timeout", "Request got no reply in time"));
  }

  #fail(pending: Pending, error: HoldfastError): void {
    this.#remove(pending);
    pending.settle.reject(error);
  }

  #remove(pending: Pending): void {
    if (this.#pending.get(pending.key) === pending) this.#pending.delete(pending.key);
    this.#scheduler.disarm(pending.timer);
    pending.off();
  }
}

function replaced(): HoldfastError {
  return new HoldfastError("aborted", "Request was replaced by a newer one with the same key");
}
