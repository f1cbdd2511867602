import { type Clock, systemClock } from "../clock.ts";
import { HoldfastError, messageOf } from "../errors.ts";
import { reportUnheard } from "../report-unheard.ts";
import type { Backplane, BackplaneMessage, Lease } from "./backplane.ts";
import { randomId } from "./ids.ts";

/** A backplane in memory, and others on the same bus. */
export interface MemoryBackplane extends Backplane {
  /** Another server's end of the same bus: what it subscribed and leased goes when it is closed, and nothing else. */
  node(): MemoryBackplane;
}

/** How a backplane in memory is made. */
export interface MemoryBackplaneOptions {
  /** Ends leases. @default the system's */
  clock?: Clock;
}

/**
 * A backplane between servers of one process: messages arrive later, in order, as on a network.
 *
 * @example
 * ```ts
 * import { memoryBackplane } from "@holdfast/core/server";
 *
 * const one = memoryBackplane();
 * const other = one.node();
 * await other.subscribe("news", ({ data }) => console.log(data));
 * await one.publish("news", '"hello"');
 * ```
 */
export function memoryBackplane({ clock = systemClock }: MemoryBackplaneOptions = {}): MemoryBackplane {
  return new BusEnd(new Bus(clock));
}

type Listener = (message: BackplaneMessage) => void;

interface Claim extends Lease {
  readonly owner: BusEnd;
  readonly endsAt: number;
}

/** What all ends share. */
class Bus {
  readonly clock: Clock;
  readonly listeners = new Map<string, Set<{ readonly hear: Listener }>>();
  readonly claims = new Map<string, Claim>();
  #purgeAt = 1_024;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  deliver(message: BackplaneMessage): void {
    for (const { hear } of [...(this.listeners.get(message.subject) ?? [])]) {
      try {
        hear(message);
      } catch (error) {
        const why = `Listener of backplane subject ${message.subject} failed: ${messageOf(error)}`;
        reportUnheard("Backplane", new HoldfastError("listener-failed", why, { cause: error }));
      }
    }
  }

  claim(claim: Claim): void {
    this.claims.set(claim.key, claim);
    if (this.claims.size < this.#purgeAt) return;
    for (const { key } of [...this.claims.values()].filter((old) => !this.holds(old)))
      this.claims.delete(key);
    this.#purgeAt = Math.max(1_024, 2 * this.claims.size);
  }

  holds({ endsAt }: Claim): boolean {
    return this.clock.now() < endsAt;
  }
}

class BusEnd implements MemoryBackplane {
  readonly #bus: Bus;
  readonly #offs = new Set<() => void>();
  #closed = false;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  node(): MemoryBackplane {
    return new BusEnd(this.#bus);
  }

  async publish(subject: string, data: string): Promise<void> {
    this.#mustBeOpen(`Publish on ${subject}`);
    const message = { id: randomId(), subject, data };
    queueMicrotask(() => this.#bus.deliver(message));
  }

  async subscribe(subject: string, listener: Listener): Promise<() => Promise<void>> {
    this.#mustBeOpen(`Subscription to ${subject}`);
    const { listeners } = this.#bus;
    const entry = { hear: listener };
    const all = listeners.get(subject) ?? new Set();
    listeners.set(subject, all.add(entry));
    const off = (): void => {
      this.#offs.delete(off);
      if (all.delete(entry) && all.size === 0 && listeners.get(subject) === all) listeners.delete(subject);
    };
    this.#offs.add(off);
    return async () => off();
  }

  async lease(key: string, value: string, ttlMs: number): Promise<void> {
    this.#mustBeOpen(`Lease of ${key}`);
    this.#bus.claim({ key, value, owner: this, endsAt: this.#bus.clock.now() + ttlMs });
  }

  async release(key: string): Promise<void> {
    this.#mustBeOpen(`Release of ${key}`);
    this.#bus.claims.delete(key);
  }

  async leases(prefix: string): Promise<readonly Lease[]> {
    this.#mustBeOpen(`Look at leases of ${prefix}`);
    return [...this.#bus.claims.values()]
      .filter((claim) => claim.key.startsWith(prefix) && this.#bus.holds(claim))
      .map(({ key, value }) => ({ key, value }));
  }

  async ping(): Promise<number> {
    this.#mustBeOpen("Ping");
    const { clock } = this.#bus;
    const sentAt = clock.now();
    await null;
    return clock.now() - sentAt;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const off of [...this.#offs]) off();
    for (const { key, owner } of [...this.#bus.claims.values()]) {
      if (owner === this) this.#bus.claims.delete(key);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #mustBeOpen(what: string): void {
    if (this.#closed) throw new HoldfastError("closed", `${what} failed: the backplane is closed`);
  }
}
