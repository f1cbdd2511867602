import { messageOf } from "../../errors.ts";
import { History } from "../../server/history.ts";
import type { SortableIds } from "../../server/ids.ts";
import type { Retention, Store, StoredEvent, StoredRange } from "../../server/store.ts";
import { laterFault } from "../http/fault.ts";
import type { Waits } from "./waits.ts";

/** How long the store may take for one answer, in milliseconds: whoever emitted waits for it. */
const STORE_TIMEOUT_MS = 5_000;

/** How long the look for ids of an earlier life may take, in milliseconds: until then nothing is delivered. */
const FIND_TIMEOUT_MS = 1_000;

/** What an event log runs on. */
export interface EventLogOptions {
  readonly waits: Waits;
  readonly store: Store;
  readonly retention: Retention;
  readonly ids: SortableIds;
  /** Whether the store may hold events of an earlier life, or of another server. */
  readonly given: boolean;
  /** Told of each answer of the store: `undefined` where it works, else why not. */
  readonly onStore: (error: string | undefined) => void;
}

/** The history of channels in a store that may fail or hang: an event that cannot be kept is delivered all the same. */
export class EventLog {
  readonly #options: EventLogOptions;
  readonly #history: History;
  /** The looks that are under way, by channel. */
  readonly #finding = new Map<string, Promise<string>>();

  constructor(options: EventLogOptions) {
    this.#options = options;
    const { store, retention, ids, onStore } = options;
    this.#history = new History(store, retention, ids, (error) => onStore(messageOf(error)));
  }

  /**
   * What is to be waited for before an event of this channel gets its id, if anything: a look for ids of an earlier
   * life, so that new ones sort after them also when the wall clock went back. It gives an id between those and all that
   * are to come. Never rejects.
   */
  finding(channel: string): Promise<string> | undefined {
    // One for all, and for those too that come when an id is known meanwhile: who came later would go first (S43).
    const running = this.#finding.get(channel);
    if (running !== undefined || !this.#options.given || this.#history.knows(channel)) return running;
    const found = this.#find(channel);
    this.#finding.set(channel, found);
    // In a later microtask: those who wait go first, and who emits as one of them does goes behind them.
    void found.then(() => queueMicrotask(() => this.#finding.delete(channel)));
    return found;
  }

  /** Keeps an event; resolves with whether it is kept. Never rejects. */
  async append(channel: string, event: StoredEvent): Promise<boolean> {
    const { onStore } = this.#options;
    try {
      const kept = await this.#soon("append", this.#history.append(channel, event));
      if (kept) onStore(undefined);
      return kept;
    } catch (error) {
      onStore(messageOf(error));
      this.lose(channel, event.id);
      return false;
    }
  }

  /** An event is not kept, here or on the server that it came from: who resumes before it is told so. */
  lose(channel: string, id: string): void {
    this.#history.lose(channel, id);
  }

  /**
   * What is held after an id. Any id of a channel will do, so that who never got an event can resume.
   * @throws {Fault} `STORE_FAILED`
   */
  after(channel: string, id: string, limit?: number): Promise<StoredRange> {
    return this.#read(() => this.#history.after(channel, id, limit));
  }

  /** As `after`, with what sorts up to so long before the id as well. @throws {Fault} `STORE_FAILED` */
  around(channel: string, id: string, ms: number): Promise<StoredRange> {
    return this.#read(() => this.#history.around(channel, id, ms));
  }

  /** The newest that is held, oldest first. @throws {Fault} `STORE_FAILED` */
  latest(channel: string, count: number): Promise<StoredRange> {
    return this.#read(() => this.#history.latest(channel, count));
  }

  /** Why the store does not work, or `undefined` where it does. Never rejects. */
  async check(): Promise<string | undefined> {
    const { store, onStore } = this.#options;
    let error: string | undefined;
    try {
      await this.#soon("check", store.check());
    } catch (thrown) {
      error = messageOf(thrown);
    }
    onStore(error);
    return error;
  }

  async #find(channel: string): Promise<string> {
    const { ids, onStore } = this.#options;
    try {
      await this.#soon("range", this.#history.find(channel), FIND_TIMEOUT_MS);
    } catch (error) {
      onStore(messageOf(error));
    }
    return ids.next();
  }

  async #read(read: () => Promise<StoredRange>): Promise<StoredRange> {
    const { onStore } = this.#options;
    try {
      const found = await this.#soon("range", read());
      onStore(undefined);
      return found;
    } catch (error) {
      onStore(messageOf(error));
      throw laterFault("STORE_FAILED", "History cannot be read now");
    }
  }

  #soon<Value>(what: string, answer: Promise<Value>, timeoutMs = STORE_TIMEOUT_MS): Promise<Value> {
    return this.#options.waits.within(timeoutMs, `Store ${what}`, answer);
  }
}
