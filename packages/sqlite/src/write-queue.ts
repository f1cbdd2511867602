import { type Clock, HoldfastError } from "@holdfast/core";

/** How much one transaction takes: what is more keeps the event loop waiting for too long. */
const BATCH_ITEMS = 1_000;
const BATCH_BYTES = 1_048_576;

/** What a queue is bounded by, and how it writes. */
export interface WriteQueueOptions<Item> {
  readonly clock: Clock;
  readonly maxItems: number;
  readonly maxBytes: number;
  /** How long an item may wait for a locked file, in milliseconds. */
  readonly patienceMs: number;
  /** Writes all of them, or none and rejects: with `timeout` where it did not get to it before `deadline`. */
  write(items: readonly Item[], deadline: number): Promise<void>;
  /** Called for each item that was not written, before its promise rejects. */
  failed(item: Item): void;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly bytes: number;
  readonly deadline: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Gathers what comes in one turn of the loop, or while something is being written, into one transaction. */
export class WriteQueue<Item> {
  readonly #options: WriteQueueOptions<Item>;
  #waiting: Waiting<Item>[] = [];
  #bytes = 0;
  #items = 0;
  #running = false;
  #scheduled = false;
  /** Settles with the item that came last, and so after all before it. */
  #latest: Promise<unknown> = Promise.resolve();

  constructor(options: WriteQueueOptions<Item>) {
    this.#options = options;
  }

  /** Resolves when the item is written. */
  push(item: Item, bytes: number): Promise<void> {
    const { clock, maxItems, maxBytes, patienceMs } = this.#options;
    if (this.#items >= maxItems || this.#bytes + bytes > maxBytes) {
      this.#options.failed(item);
      const message = `${this.#items} events, ${this.#bytes} bytes, wait to be written: no more are taken`;
      return Promise.reject(new HoldfastError("overflow", message));
    }
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ item, bytes, deadline: clock.now() + patienceMs, resolve, reject });
    });
    this.#latest = written.catch(() => {});
    this.#items += 1;
    this.#bytes += bytes;
    if (!this.#running && !this.#scheduled) {
      this.#scheduled = true;
      clock.setTimer(() => this.#start(), 0);
    }
    return written;
  }

  /** Resolves when all that waits now was written, or could not be. */
  async settled(): Promise<void> {
    this.#start();
    await this.#latest;
  }

  #start(): void {
    this.#scheduled = false;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#batchLength());
      try {
        const deadline = Math.min(...batch.map((one) => one.deadline));
        await this.#options.write(
          batch.map(({ item }) => item),
          deadline,
        );
        for (const one of batch) this.#settle(one);
      } catch (error) {
        this.#retryOrReject(batch, error);
      }
    }
    this.#running = false;
  }

  /** Who came later than the first of a batch may have time left to wait for the lock. */
  #retryOrReject(batch: readonly Waiting<Item>[], error: unknown): void {
    const now = this.#options.clock.now();
    const locked = error instanceof HoldfastError && error.code === "timeout";
    const patient: Waiting<Item>[] = [];
    for (const one of batch) {
      if (locked && one.deadline > now) patient.push(one);
      else this.#settle(one, error);
    }
    this.#waiting = [...patient, ...this.#waiting];
  }

  #settle(one: Waiting<Item>, error?: unknown): void {
    this.#items -= 1;
    this.#bytes -= one.bytes;
    if (error === undefined) return one.resolve();
    this.#options.failed(one.item);
    one.reject(error);
  }

  #batchLength(): number {
    let bytes = 0;
    const tooMany = this.#waiting.findIndex((one, index) => {
      bytes += one.bytes;
      return index > 0 && (index >= BATCH_ITEMS || bytes > BATCH_BYTES);
    });
    return tooMany === -1 ? this.#waiting.length : tooMany;
  }
}
