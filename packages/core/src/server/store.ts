/** One event of a topic's history. */
export interface StoredEvent {
  /** Its id: ids of one topic sort, as text, in the order of appending. */
  readonly id: string;
  /** When it was emitted, in milliseconds since 1970. */
  readonly time: number;
  /** Its payload, as JSON text. */
  readonly payload: string;
}

/** What a history keeps of one topic; what is over goes, the oldest first. */
export interface Retention {
  /** How many events. */
  readonly maxEvents: number;
  /** How many bytes of payload, in UTF-8. */
  readonly maxBytes: number;
  /** How old an event may be, in milliseconds. */
  readonly maxAgeMs: number;
}

/** What `range` asks for. */
export interface StoreRange {
  /** Events that sort after this id alone; it need not be the id of an event. @default from the oldest */
  readonly after?: string;
  /** At most so many, the oldest first. @default all */
  readonly limit?: number;
  /** At most so many, the newest of them. Not together with `after`. */
  readonly last?: number;
}

/** A part of a topic's history, oldest first. */
export interface StoredRange {
  /** The events, oldest first. */
  readonly events: readonly StoredEvent[];
  /**
   * Whether nothing is missing between `after` and the first of them: false when an event that sorts after it was
   * trimmed, and when the store cannot know that, because what it has of the topic began after it. An event that is
   * held, and the newest that was trimmed, are known. Without `after`: whether nothing of the topic was ever trimmed.
   */
  readonly complete: boolean;
}

/**
 * The history of topics: append, range by id, trim by count, bytes and age. A range that is asked for after an append
 * was called sees that append, even before its promise resolves. Several servers may share a durable store.
 */
export interface Store extends AsyncDisposable {
  /**
   * Keeps an event; resolves when it would survive the end of the process, as far as this store does that.
   * Rejects with a clear error when it cannot: a full disk, a locked file. Never throws.
   */
  append(topic: string, event: StoredEvent): Promise<void>;
  /** A part of a topic's history. */
  range(topic: string, range?: StoreRange): Promise<StoredRange>;
  /**
   * Takes away what is over; cheap enough to be called after every append.
   * An event too old is in no range, whether it was taken away yet or not.
   */
  trim(topic: string, retention: Retention): Promise<void>;
  /** Resolves when the store works; rejects with the reason when it does not. */
  check(): Promise<void>;
  /** Writes what is waiting, and ends. */
  close(): Promise<void>;
}
