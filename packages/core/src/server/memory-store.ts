import { byteLength } from "../bytes.ts";
import { type Clock, systemClock } from "../clock.ts";
import { HoldfastError } from "../errors.ts";
import { integerOption } from "../options.ts";
import type { Retention, Store, StoredEvent, StoredRange, StoreRange } from "./store.ts";

/** What a store in memory may hold of all topics together; over it goes the topic whose last event is the oldest. */
export interface MemoryStoreOptions {
  /** How many topics. @default 10000 */
  maxTopics?: number;
  /** How many bytes of payload. @default 268435456 */
  maxBytes?: number;
  /** Tells the age of events, whatever the wall clock does. @default the system's */
  clock?: Clock;
}

/** What a store in memory holds, and what it had to let go of. */
export interface MemoryStoreStats {
  /** Topics that have an event. */
  readonly topics: number;
  /** Events of all topics. */
  readonly events: number;
  /** Bytes of their payloads. */
  readonly bytes: number;
  /** Topics that went before their time, because there were too many. */
  readonly evictedTopics: number;
}

/** A store that the process takes with it. */
export interface MemoryStore extends Store {
  /** Figures of this moment. */
  stats(): MemoryStoreStats;
}

/**
 * A history in memory: bounded in topics and bytes, besides what is kept of each.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { memoryStore } from "@holdfast/core/server";
 *
 * const store = memoryStore({ maxTopics: 1_000 });
 * await store.append("news", { id: "1", time: Date.now(), payload: '"hello"' });
 * await store.append("news", { id: "2", time: Date.now(), payload: '"again"' });
 * const { events, complete } = await store.range("news", { after: "1" });
 * console.log(events.length, complete); // 1 true
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return new BoundedStore(options);
}

interface Kept {
  readonly event: StoredEvent;
  readonly bytes: number;
  readonly keptAt: number;
}

/** One topic. Its first events are cut off in bulk: `from` is where what is held begins. */
interface Topic {
  kept: Kept[];
  from: number;
  bytes: number;
  maxAgeMs: number;
  /** The newest that was trimmed. */
  trimmed: string | undefined;
}

class BoundedStore implements MemoryStore {
  readonly #clock: Clock;
  readonly #maxTopics: number;
  readonly #maxBytes: number;
  /** In the order of their last append. */
  readonly #topics = new Map<string, Topic>();
  #bytes = 0;
  #evicted = 0;
  /** The newest event of the topics that are not held any more. */
  #forgotten: string | undefined;
  #closed = false;

  constructor({ maxTopics, maxBytes, clock = systemClock }: MemoryStoreOptions) {
    this.#clock = clock;
    this.#maxTopics = integerOption("maxTopics", maxTopics, 10_000, { min: 1 });
    this.#maxBytes = integerOption("maxBytes", maxBytes, 268_435_456, { min: 1 });
  }

  async append(name: string, event: StoredEvent): Promise<void> {
    this.#mustBeOpen();
    const topic = this.#topics.get(name) ?? newTopic(this.#forgotten);
    this.#topics.delete(name);
    this.#topics.set(name, topic);
    const bytes = byteLength(event.payload);
    topic.kept.push({ event, bytes, keptAt: this.#clock.now() });
    topic.bytes += bytes;
    this.#bytes += bytes;
    this.#evict();
  }

  async range(name: string, { after, limit, last }: StoreRange = {}): Promise<StoredRange> {
    this.#mustBeOpen();
    const topic = this.#topics.get(name);
    if (topic === undefined) return { events: [], complete: isAfter(this.#forgotten, after) };
    this.#trimAge(topic);
    const held = topic.kept.slice(topic.from);
    const first = held.findIndex(({ event }) => after === undefined || event.id > after);
    const found = first === -1 ? [] : held.slice(first);
    const events = (last === undefined ? found.slice(0, limit) : found.slice(-last || found.length)).map(
      ({ event }) => event,
    );
    const oldest = held[0]?.event.id;
    const known = after !== undefined && oldest !== undefined && oldest <= after;
    return { events, complete: known || isAfter(topic.trimmed, after) };
  }

  async trim(name: string, { maxEvents, maxBytes, maxAgeMs }: Retention): Promise<void> {
    const topic = this.#topics.get(name);
    if (topic === undefined) return;
    topic.maxAgeMs = maxAgeMs;
    this.#trimAge(topic);
    while (topic.kept.length - topic.from > maxEvents || topic.bytes > maxBytes) this.#trimFirst(topic);
    this.#forgetOld();
  }

  async check(): Promise<void> {
    this.#mustBeOpen();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#topics.clear();
    this.#bytes = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  stats(): MemoryStoreStats {
    let events = 0;
    for (const { kept, from } of this.#topics.values()) events += kept.length - from;
    return { topics: this.#topics.size, events, bytes: this.#bytes, evictedTopics: this.#evicted };
  }

  #trimAge(topic: Topic): void {
    const oldest = this.#clock.now() - topic.maxAgeMs;
    for (let first = topic.kept[topic.from]; first !== undefined; first = topic.kept[topic.from]) {
      if (first.keptAt > oldest) break;
      this.#trimFirst(topic);
    }
  }

  #trimFirst(topic: Topic): void {
    const first = topic.kept[topic.from];
    if (first === undefined) return;
    topic.from++;
    topic.bytes -= first.bytes;
    this.#bytes -= first.bytes;
    // With several servers events are not appended in the order of their ids: the newest of them counts.
    if (topic.trimmed === undefined || first.event.id > topic.trimmed) topic.trimmed = first.event.id;
    if (topic.from < 64 || topic.from * 2 < topic.kept.length) return;
    topic.kept = topic.kept.slice(topic.from);
    topic.from = 0;
  }

  #evict(): void {
    while (this.#topics.size > this.#maxTopics || (this.#bytes > this.#maxBytes && this.#topics.size > 1)) {
      this.#evicted++;
      this.#forget();
    }
  }

  /** Topics of which nothing is left go too, one after another, as others are trimmed. */
  #forgetOld(): void {
    for (const topic of this.#topics.values()) {
      this.#trimAge(topic);
      if (topic.kept.length > topic.from) return;
      this.#forget();
    }
  }

  /** Lets go of the topic whose last event is the oldest, and remembers up to where nothing is known. */
  #forget(): void {
    for (const [name, topic] of this.#topics) {
      const newest = topic.kept.at(-1)?.event.id ?? topic.trimmed;
      if (newest !== undefined && !isAfter(newest, this.#forgotten)) this.#forgotten = newest;
      this.#bytes -= topic.bytes;
      this.#topics.delete(name);
      return;
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new HoldfastError("closed", "Store is closed");
  }
}

function newTopic(forgotten: string | undefined): Topic {
  return { kept: [], from: 0, bytes: 0, maxAgeMs: Number.POSITIVE_INFINITY, trimmed: forgotten };
}

/** Whether nothing was lost after `after`, where `lost` is the newest that was. */
function isAfter(lost: string | undefined, after: string | undefined): boolean {
  if (lost === undefined) return after === undefined;
  return after !== undefined && after >= lost;
}
