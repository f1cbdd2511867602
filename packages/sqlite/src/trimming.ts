import type { Clock } from "@holdfast/core";
import type { Retention } from "@holdfast/core/server";
import type { Database } from "./database.ts";
import { forgetTopics, trimTopic } from "./history.ts";

/** How often what is over goes. Meanwhile it only takes room: a range trims its topic before it looks. */
const PASS_MS = 1_000;
/** How often topics that nobody touches any more are looked for. */
const FORGET_MS = 60_000;
/** How many topics one transaction trims: more keep the event loop waiting for too long. */
const TOPICS_AT_ONCE = 50;

/** Trims topics together and later, so that it costs next to nothing to ask for it after every append. */
export class Trimming {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #due: Map<string, Retention> = new Map();
  #timer: unknown;
  #forgotten: number | undefined;

  constructor(database: Database, clock: Clock, now: () => number) {
    this.#database = database;
    this.#clock = clock;
    this.#now = now;
  }

  /** Notes that a topic is to be trimmed. */
  add(topic: string, retention: Retention): void {
    this.#due.set(topic, retention);
    this.#schedule(PASS_MS);
  }

  /** Trims one topic if that is due. Returns how old its events may be, where it could not be trimmed. */
  async settle(topic: string): Promise<number | null> {
    const retention = this.#due.get(topic);
    if (retention === undefined) return null;
    try {
      await this.#trim([[topic, retention]]);
      return null;
    } catch {
      // It stays due. What is too old must not be read all the same.
      return Number.isFinite(retention.maxAgeMs) ? retention.maxAgeMs : null;
    }
  }

  /** Trims what is due, and ends. Never rejects: what could not be trimmed is found too old or too much later. */
  async close(): Promise<void> {
    this.#clock.clearTimer(this.#timer);
    try {
      while (this.#due.size > 0) await this.#trim(this.#some());
    } catch {
      this.#due.clear();
    }
  }

  #schedule(delayMs: number): void {
    this.#timer ??= this.#clock.setTimer(() => void this.#pass(), delayMs);
  }

  async #pass(): Promise<void> {
    let delayMs = 0;
    try {
      await this.#trim(this.#some());
    } catch {
      // What cannot be written is told by the appends and by `check()`. These topics stay due.
      delayMs = PASS_MS;
    }
    this.#timer = undefined;
    if (this.#due.size > 0) this.#schedule(Math.max(delayMs, this.#due.size > TOPICS_AT_ONCE ? 0 : PASS_MS));
  }

  #some(): [string, Retention][] {
    return [...this.#due].slice(0, TOPICS_AT_ONCE);
  }

  async #trim(topics: readonly [string, Retention][]): Promise<void> {
    const now = this.#now();
    const at = this.#clock.now();
    const forget = this.#forgotten === undefined || at - this.#forgotten >= FORGET_MS;
    let more = false;
    // No waiting for a lock: it is tried again anyway.
    await this.#database.write(async (transaction) => {
      for (const [topic, retention] of topics) await trimTopic(transaction, topic, retention, now);
      if (forget) more = await forgetTopics(transaction, now);
    }, at);
    if (forget && !more) this.#forgotten = at;
    for (const [topic, retention] of topics) {
      // It may have been asked for again, with something else, meanwhile.
      if (this.#due.get(topic) === retention) this.#due.delete(topic);
    }
  }
}
