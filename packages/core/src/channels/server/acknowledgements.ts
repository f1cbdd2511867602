import { STALL_MS } from "../../connection/heartbeat.ts";
import { type Scheduler, Timer, type TimerOwner } from "../../connection/scheduler.ts";
import { abortError, type HoldfastError } from "../../errors.ts";

/** How waiting for acknowledgements ended: all are there, time is up, or nobody is left to wait for. */
export interface AckOutcome {
  readonly end: "all" | "timeout" | "left";
  readonly acked: readonly string[];
  /** Who was still awaited when time was up. */
  readonly silent: readonly string[];
  /** Who left before acknowledging. */
  readonly left: readonly string[];
}

/** One event whose acknowledgements are waited for. */
class Pending implements TimerOwner {
  readonly timer: Timer = new Timer(this);
  readonly acked: string[] = [];
  readonly left: string[] = [];
  graced = false;
  readonly #table: Acknowledgements;
  readonly channel: string;
  readonly eventId: string;
  readonly waiting: Set<string>;
  readonly settle: (outcome: AckOutcome | HoldfastError) => void;

  constructor(
    table: Acknowledgements,
    channel: string,
    eventId: string,
    waiting: Set<string>,
    settle: (outcome: AckOutcome | HoldfastError) => void,
  ) {
    this.#table = table;
    this.channel = channel;
    this.eventId = eventId;
    this.waiting = waiting;
    this.settle = settle;
  }

  onTimer(_timer: Timer, lateMs: number): void {
    this.#table.overdue(this, lateMs);
  }
}

/**
 * Events whose acknowledgements are waited for. Each ends: all acknowledged, time is up, nobody is left to wait for,
 * or the caller hung up.
 */
export class Acknowledgements {
  /** Acknowledgements that somebody waited for. */
  taken = 0;
  readonly #scheduler: Scheduler;
  readonly #timeoutMs: number;
  /** By channel, then by event: who leaves is looked for in its own channel only. */
  readonly #pending = new Map<string, Map<string, Pending>>();
  #size = 0;
  #waits = 0;

  constructor(scheduler: Scheduler, timeoutMs: number) {
    this.#scheduler = scheduler;
    this.#timeoutMs = timeoutMs;
  }

  /** How many events wait. */
  get size(): number {
    return this.#size;
  }

  /** How many acknowledgements are waited for, over all events. */
  get waits(): number {
    return this.#waits;
  }

  /**
   * Waits until these clients acknowledged an event; begin before it is sent.
   * @throws {HoldfastError} `aborted`, when the caller hung up
   */
  expect(
    channel: string,
    eventId: string,
    clients: Iterable<string>,
    signal?: AbortSignal,
  ): Promise<AckOutcome> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: AckOutcome | HoldfastError): void => {
        signal?.removeEventListener("abort", abort);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const pending = new Pending(this, channel, eventId, new Set(clients), settle);
      const abort = (): void => this.#end(pending, abortError("Emit", signal as AbortSignal));
      if (signal?.aborted) return settle(abortError("Emit", signal));
      const events = this.#pending.get(channel) ?? new Map<string, Pending>();
      this.#pending.set(channel, events.set(eventId, pending));
      this.#size++;
      this.#waits += pending.waiting.size;
      this.#scheduler.arm(pending.timer, this.#timeoutMs);
      signal?.addEventListener("abort", abort, { once: true });
      this.#settleIfDone(pending);
    });
  }

  /** A client acknowledged; returns whether somebody waited for it: late, repeated and foreign ones are not (S38). */
  ack(channel: string, eventId: string, clientId: string): boolean {
    const pending = this.#pending.get(channel)?.get(eventId);
    if (pending === undefined || !pending.waiting.delete(clientId)) return false;
    this.#waits--;
    this.taken++;
    pending.acked.push(clientId);
    this.#settleIfDone(pending);
    return true;
  }

  /** One more is waited for, if anybody still waits for this event. */
  also(channel: string, eventId: string, clientId: string): void {
    const pending = this.#pending.get(channel)?.get(eventId);
    if (pending === undefined || pending.acked.includes(clientId) || pending.left.includes(clientId)) return;
    if (!pending.waiting.has(clientId)) this.#waits++;
    pending.waiting.add(clientId);
  }

  /** A client left its channel: nobody waits for it any more (S37). */
  left(channel: string, clientId: string): void {
    for (const pending of this.#pending.get(channel)?.values() ?? []) this.#without(pending, clientId);
  }

  /** A client did not take this event: its socket is closing. */
  lost(channel: string, eventId: string, clientId: string): void {
    const pending = this.#pending.get(channel)?.get(eventId);
    if (pending !== undefined) this.#without(pending, clientId);
  }

  /** Time is up; after a stall of our own, acknowledgements that are already in the kernel's buffer get their turn. */
  overdue(pending: Pending, lateMs: number): void {
    if (lateMs > STALL_MS && !pending.graced) {
      pending.graced = true;
      this.#scheduler.arm(pending.timer, STALL_MS);
    } else this.#end(pending, outcomeOf("timeout", pending));
  }

  /** Ends all that wait, as if time were up: the server ends. */
  endAll(): void {
    for (const events of [...this.#pending.values()]) {
      for (const pending of [...events.values()]) this.#end(pending, outcomeOf("timeout", pending));
    }
  }

  #without(pending: Pending, clientId: string): void {
    if (!pending.waiting.delete(clientId)) return;
    this.#waits--;
    pending.left.push(clientId);
    this.#settleIfDone(pending);
  }

  #settleIfDone(pending: Pending): void {
    if (pending.waiting.size === 0)
      this.#end(pending, outcomeOf(pending.left.length === 0 ? "all" : "left", pending));
  }

  #end(pending: Pending, outcome: AckOutcome | HoldfastError): void {
    const events = this.#pending.get(pending.channel);
    if (events?.get(pending.eventId) !== pending) return;
    events.delete(pending.eventId);
    if (events.size === 0) this.#pending.delete(pending.channel);
    this.#size--;
    this.#waits -= pending.waiting.size;
    this.#scheduler.disarm(pending.timer);
    pending.settle(outcome);
  }
}

function outcomeOf(end: AckOutcome["end"], { acked, waiting, left }: Pending): AckOutcome {
  return { end, acked, silent: [...waiting], left };
}
