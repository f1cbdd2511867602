import { integerOption, objectOption } from "../options.ts";
import type { SortableIds } from "./ids.ts";
import type { Retention, Store, StoredEvent, StoredRange } from "./store.ts";

/**
 * How many appends may wait for a store; over it an event is not kept. More than a store of ours takes: what it refuses
 * itself it remembers as lost over a restart, and what is refused here it never hears of.
 */
const MAX_PENDING = 20_000;

/** How many topics' newest ids are remembered, and of how many what was lost. */
const MAX_NEWEST = 10_000;
const MAX_LOST = 1_000;

/**
 * What a topic's history holds, checked, with its defaults.
 *
 * @throws {TypeError | RangeError} for what is no whole number of at least 1, naming it and its value.
 */
export function retentionOption(options?: Partial<Retention>): Retention {
  const given = objectOption("history", options);
  return {
    maxEvents: integerOption("history.maxEvents", given.maxEvents, 1_000, { min: 1 }),
    maxBytes: integerOption("history.maxBytes", given.maxBytes, 4_194_304, { min: 1 }),
    maxAgeMs: integerOption("history.maxAgeMs", given.maxAgeMs, 3_600_000, { min: 1 }),
  };
}

/** Topics in a store: appended to, trimmed, and resumed after. */
export class History {
  readonly #store: Store;
  readonly #retention: Retention;
  readonly #ids: SortableIds;
  readonly #failed: (error: unknown) => void;
  readonly #began: string;
  readonly #newest = new Map<string, string>();
  /** The newest id of each topic that could not be kept, and the newest of all topics that are not in here any more. */
  readonly #lost = new Map<string, string>();
  #lostAny = "";
  #pending = 0;

  /**
   * @param ids Where the ids of its events come from.
   * @param failed Told whenever the store fails; must not throw.
   */
  constructor(store: Store, retention: Retention, ids: SortableIds, failed: (error: unknown) => void) {
    this.#store = store;
    this.#retention = retention;
    this.#ids = ids;
    this.#failed = failed;
    this.#began = ids.next();
  }

  /** How many appends the store has not answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /** The newest id of a topic that this process appended, or found by `find`. */
  newest(topic: string): string | undefined {
    return this.#newest.get(topic) || undefined;
  }

  /** Whether this process appended to a topic, or `find` had an answer, be it that there is nothing. */
  knows(topic: string): boolean {
    return this.#newest.has(topic);
  }

  /** Looks up the newest id of an earlier life, so that those to come sort after it. Never rejects. */
  async find(topic: string): Promise<void> {
    if (this.#newest.has(topic)) return;
    try {
      const { events } = await this.#store.range(topic, { last: 1 });
      this.#remember(topic, events.at(-1)?.id ?? "");
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Keeps an event; resolves with whether the store did. Never rejects. */
  async append(topic: string, event: StoredEvent): Promise<boolean> {
    if (this.#pending >= MAX_PENDING) {
      this.#failed(new Error(`Event was not kept: ${MAX_PENDING} others wait for the store`));
      this.lose(topic, event.id);
      return false;
    }
    this.#remember(topic, event.id);
    this.#pending++;
    try {
      const appended = this.#store.append(topic, event);
      // A store that throws here, or promises nothing, must not leave the append alone: it would reject unheard.
      void (async () => this.#store.trim(topic, this.#retention))().catch(this.#failed);
      await appended;
      return true;
    } catch (error) {
      this.#failed(error);
      this.lose(topic, event.id);
      return false;
    } finally {
      this.#pending--;
    }
  }

  /** An event was not kept, or it is not known whether it was: who resumes after an id before it is told so. */
  lose(topic: string, id: string): void {
    const known = this.#lost.get(topic) ?? "";
    this.#lost.delete(topic);
    this.#lost.set(topic, id > known ? id : known);
    if (this.#lost.size <= MAX_LOST) return;
    for (const [oldest, lost] of this.#lost) {
      this.#lost.delete(oldest);
      if (lost > this.#lostAny) this.#lostAny = lost;
      return;
    }
  }

  /**
   * What came after an id, which need not be an event's: any id of the same source will do, so that who never got an
   * event can resume too. Rejects as the store does.
   */
  async after(topic: string, id: string, limit?: number): Promise<StoredRange> {
    const range = await this.#store.range(topic, { after: id, ...(limit !== undefined && { limit }) });
    if (this.#lostAfter(topic, id)) return { events: range.events, complete: false };
    // What is no id, or of a clock that was ahead, sorts after events that nobody got.
    if (!this.#ids.mayBeMade(id)) return { events: range.events, complete: false };
    if (range.complete || id < this.#began) return range;
    // An id that no event has, made by this process: whatever came after it was kept, if nothing ever went.
    const { complete } = await this.#store.range(topic, { limit: 1 });
    return complete ? { events: range.events, complete } : range;
  }

  /** As `after`, with what sorts up to so long before the id as well: it may have come here after it. */
  async around(topic: string, id: string, ms: number): Promise<StoredRange> {
    const from = this.#ids.before(id, ms);
    if (from === undefined) return this.after(topic, id);
    const { events } = await this.#store.range(topic, { after: from });
    // Asked for last: what is trimmed meanwhile is told.
    const { complete } = await this.after(topic, id, 1);
    return { events, complete: complete && !this.#lostAfter(topic, from) };
  }

  /** The newest events of a topic, oldest first. Rejects as the store does. */
  async latest(topic: string, count: number): Promise<StoredRange> {
    const { events, complete } = await this.#store.range(topic, { last: count });
    return { events, complete: complete && !this.#lostAfter(topic, "") };
  }

  #lostAfter(topic: string, id: string): boolean {
    return id < this.#lostAny || id < (this.#lost.get(topic) ?? "");
  }

  #remember(topic: string, id: string): void {
    const known = this.#newest.get(topic);
    this.#ids.witness(id);
    this.#newest.delete(topic);
    this.#newest.set(topic, known === undefined || id > known ? id : known);
    if (this.#newest.size <= MAX_NEWEST) return;
    for (const oldest of this.#newest.keys()) {
      this.#newest.delete(oldest);
      return;
    }
  }
}
