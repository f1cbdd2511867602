import type { Backplane, BackplaneMessage } from "../../packages/core/src/server/backplane.ts";
import type { MemoryBackplane } from "../../packages/core/src/server/memory-backplane.ts";

/** One end of the bus that a test cuts off, and whose messages it loses. */
export class BackplaneCable implements Backplane {
  /** Whether nothing comes through, either way. */
  cut = false;
  /** The next so many messages are lost on their way. */
  lose = 0;
  /** How often it was asked for anything. */
  calls = 0;
  /** Whether calls get no answer. */
  hang = false;
  /** How many subscriptions are in force. */
  subscriptions = 0;
  readonly #end: MemoryBackplane;

  constructor(bus: MemoryBackplane) {
    this.#end = bus.node();
  }

  publish(subject: string, data: string): Promise<void> {
    if (this.lose === 0) return this.#do(() => this.#end.publish(subject, data));
    this.lose--;
    return Promise.resolve();
  }
  subscribe(subject: string, listener: (message: BackplaneMessage) => void): Promise<() => Promise<void>> {
    return this.#do(async () => {
      const off = await this.#end.subscribe(subject, (message) => !this.cut && listener(message));
      this.subscriptions++;
      return () => {
        this.subscriptions--;
        return off();
      };
    });
  }
  lease(key: string, value: string, ttlMs: number): Promise<void> {
    return this.#do(() => this.#end.lease(key, value, ttlMs));
  }
  release(key: string): Promise<void> {
    return this.#do(() => this.#end.release(key));
  }
  leases(prefix: string): ReturnType<Backplane["leases"]> {
    return this.#do(() => this.#end.leases(prefix));
  }
  ping(): Promise<number> {
    return this.#do(() => this.#end.ping());
  }
  close(): Promise<void> {
    return this.#end.close();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #do<Value>(call: () => Promise<Value>): Promise<Value> {
    this.calls++;
    if (this.hang) return new Promise(() => {});
    return this.cut ? Promise.reject(new Error("no route")) : call();
  }
}
