import type { Retention, Store, StoredEvent, StoredRange, StoreRange } from "@holdfast/core/server";
import { checkEvent, checkOptions, checkRange, checkTopic } from "./checks.ts";
import { Database } from "./database.ts";
import { closedError } from "./failure.ts";
import { type EventRow, insertion, lossOf, rangeOf, rangeStatements } from "./history.ts";
import { Losses } from "./losses.ts";
import type { SqliteStoreOptions } from "./sqlite-store-options.ts";
import { toStored } from "./stored-text.ts";
import { Trimming } from "./trimming.ts";
import { WriteQueue } from "./write-queue.ts";

/** What `check()` writes and takes away again: some pages, so that a full disk is noticed. */
const PROBE_BYTES = 16_384;
/** What an event takes in memory besides its texts. */
const OVERHEAD_BYTES = 100;

/**
 * A durable history in one SQLite file: what was appended survives the end of the process, also by `kill -9`.
 * Appends of a moment are written together. Several processes may share the file, on one machine.
 * The file is opened at the first use; `check()` tells whether it can be.
 *
 * A file that cannot be used makes `append`, `range` and `check` reject with a `HoldfastError`:
 * `overflow` (a full disk, or too much waits), `timeout` (locked), `store-failed` (a damaged file, one of another
 * program or of a newer version), `closed`, each with the file's name and the reason. What could not be kept is never silent: a range across it is not complete.
 * It works again as soon as the file does.
 *
 * @throws {TypeError | RangeError} an option makes no sense
 * @example
 * ```ts
 * import { tmpdir } from "node:os";
 * import { sqliteStore } from "@holdfast/sqlite";
 *
 * const store = sqliteStore({ file: `${tmpdir()}/history.db` });
 * await store.append("news", { id: "evt_1", time: Date.now(), payload: '{"hello":"world"}' });
 * const { events, complete } = await store.range("news", { last: 10 });
 * console.log(events, complete);
 * await store.close();
 * ```
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  return new SqliteStore(options);
}

class SqliteStore implements Store {
  readonly #settings: ReturnType<typeof checkOptions>;
  readonly #database: Database;
  readonly #queue: WriteQueue<EventRow>;
  readonly #trimming: Trimming;
  readonly #losses = new Losses();
  #closing: Promise<void> | undefined;

  constructor(options: SqliteStoreOptions) {
    this.#settings = checkOptions(options);
    const { clock, lockTimeoutMs, maxWaiting, maxWaitingBytes, now } = this.#settings;
    this.#database = new Database(this.#settings);
    this.#trimming = new Trimming(this.#database, clock, now);
    this.#queue = new WriteQueue({
      clock,
      maxItems: maxWaiting,
      maxBytes: maxWaitingBytes,
      patienceMs: lockTimeoutMs,
      write: (rows, deadline) => this.#write(rows, deadline),
      failed: (row) => this.#losses.add(row),
    });
  }

  async append(topic: string, event: StoredEvent): Promise<void> {
    this.#checkOpen();
    checkTopic(topic);
    const bytes = checkEvent(event);
    const { id, time, payload } = event;
    const row = { topic: toStored(topic), id, time, bytes, payload: toStored(payload) };
    await this.#queue.push(row, bytes + topic.length + OVERHEAD_BYTES);
  }

  async range(topic: string, query: StoreRange = {}): Promise<StoredRange> {
    this.#checkOpen();
    checkTopic(topic);
    checkRange(query);
    await this.#queue.settled();
    const name = toStored(topic);
    const maxAgeMs = await this.#trimming.settle(name);
    const context = { topic: name, now: this.#settings.now(), maxAgeMs };
    const results = await this.#database.read(rangeStatements(context, query), this.#deadline());
    return rangeOf(results, query, this.#losses.of(name));
  }

  async trim(topic: string, retention: Retention): Promise<void> {
    this.#checkOpen();
    checkTopic(topic);
    this.#trimming.add(toStored(topic), { ...retention });
  }

  async check(): Promise<void> {
    this.#checkOpen();
    const sql = "INSERT OR REPLACE INTO probe (id, filling) VALUES (1, zeroblob(?))";
    await this.#database.execute({ sql, args: [PROBE_BYTES] }, this.#deadline());
    await this.#database.execute("DELETE FROM probe", this.#deadline());
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.#queue.settled();
    await this.#trimming.close();
    await this.#database.close();
  }

  async #write(rows: readonly EventRow[], deadline: number): Promise<void> {
    const losses = this.#losses.all();
    if (losses.length === 0) {
      await this.#database.execute(insertion(rows), deadline);
      return;
    }
    await this.#database.write(async (transaction) => {
      await transaction.execute(insertion(rows));
      for (const loss of losses) await transaction.execute(lossOf(loss));
    }, deadline);
    this.#losses.written(losses);
  }

  #deadline(): number {
    return this.#settings.clock.now() + this.#settings.lockTimeoutMs;
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw closedError(this.#settings.file);
  }
}
