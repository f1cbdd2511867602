import type { Clock } from "@holdfast/core";
import {
  type Client,
  createClient,
  type InStatement,
  type ResultSet,
  type Transaction,
} from "@libsql/client/sqlite3";
import { closedError, isLocked, refusal, storeFailure } from "./failure.ts";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** How long to let go of a locked file before trying again, in milliseconds. */
const RETRY_MS = 15;

/** A connection, or a transaction of it. */
interface Runner {
  execute(sql: string): Promise<ResultSet>;
}

/**
 * Whether the file could be written to now. The library leaves a statement that met a lock half done until it is
 * collected, and what is written after it on that connection is not committed: so the lock is asked for by `exec`,
 * which leaves nothing behind, and a connection on which something else met a lock is never used again.
 */
const LOCK_PROBE = "BEGIN IMMEDIATE; ROLLBACK";

/** How the file is used. */
export interface DatabaseOptions {
  readonly file: string;
  /** How large it may grow, in bytes. */
  readonly maxFileBytes: number;
  /** Whether a commit waits for the disk. */
  readonly syncWrites: boolean;
  readonly clock: Clock;
}

/**
 * One file and its one connection, opened at the first use, and anew at the next after it could not be opened. Each
 * call of SQLite blocks the thread: so it never waits for a lock, which is asked for again in turns of the loop.
 */
export class Database {
  readonly #options: DatabaseOptions;
  #client: Client | undefined;
  #closed = false;
  /** Settles with what was asked of the connection last. */
  #latest: Promise<unknown> = Promise.resolve();

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** Runs statements in one transaction that sees one state of the file. */
  read(statements: InStatement[], deadline: number): Promise<ResultSet[]> {
    return this.#attempt(deadline, (client) => client.batch(statements, "read"));
  }

  /** Runs one statement, which is committed when it resolves. */
  execute(statement: InStatement, deadline: number): Promise<ResultSet> {
    return this.#attempt(deadline, (client) => client.execute(statement), LOCK_PROBE);
  }

  /** Does something in one transaction, which is committed when it resolves, and undone when it rejects. */
  write(work: (transaction: Transaction) => Promise<void>, deadline: number): Promise<void> {
    const inTransaction = async (client: Client): Promise<void> => {
      const transaction = await client.transaction("write");
      try {
        await work(transaction);
        await transaction.commit();
      } finally {
        transaction.close();
      }
    };
    return this.#attempt(deadline, inTransaction, LOCK_PROBE);
  }

  /** Ends it, after what was begun; what is in the log beside the file goes into the file. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#closed = true;
      // Where the log stays, it is read at the next start.
      await this.#client?.execute("PRAGMA wal_checkpoint(TRUNCATE)").catch(() => {});
      this.#client?.close();
      this.#client = undefined;
    });
  }

  /** Tries at least once, and again while the file is locked and there is time. */
  async #attempt<T>(deadline: number, work: (client: Client) => Promise<T>, probe?: string): Promise<T> {
    const { clock, file } = this.#options;
    for (;;) {
      try {
        return await this.#inTurn(async () => {
          if (this.#closed) throw closedError(file);
          const client = this.#client ?? (await this.#open());
          if (probe !== undefined) await client.executeMultiple(probe);
          return await this.#used(client, work);
        });
      } catch (error) {
        if (!isLocked(error) || clock.now() >= deadline) throw storeFailure(file, error);
      }
      await new Promise<void>((resolve) => clock.setTimer(resolve, RETRY_MS));
    }
  }

  /** One after another: while a transaction is open, the library refuses everything else on the connection. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#latest.then(work);
    this.#latest = done.catch(() => {});
    return done;
  }

  async #used<T>(client: Client, work: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await work(client);
    } catch (error) {
      if (isLocked(error) && this.#client === client) {
        this.#client = undefined;
        client.close();
      }
      throw error;
    }
  }

  async #open(): Promise<Client> {
    const { file, maxFileBytes, syncWrites } = this.#options;
    // One connection: what is set below is set for a connection, and not for the file.
    const client = createClient({ url: urlOf(file), concurrency: 1 });
    try {
      if (!(await isOurs(client, file))) await create(client, file);
      const synchronous = syncWrites ? "FULL" : "NORMAL";
      await client.executeMultiple(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA journal_size_limit = 16777216`,
      );
      const pageBytes = await numberOf(client, "PRAGMA page_size");
      await client.execute(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxFileBytes / pageBytes))}`);
      this.#client = client;
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }
}

async function create(client: Client, file: string): Promise<void> {
  await client.executeMultiple(LOCK_PROBE);
  const transaction = await client.transaction("write");
  try {
    // Another process may have made the tables since.
    if (await isOurs(transaction, file)) return;
    for (const statement of SCHEMA) await transaction.execute(statement);
    await transaction.commit();
  } finally {
    transaction.close();
  }
}

/** Whether the tables are there; false for a new file. Whatever else is in it is refused, and left as it is. */
async function isOurs(client: Runner, file: string): Promise<boolean> {
  const application = await numberOf(client, "PRAGMA application_id");
  const version = await numberOf(client, "PRAGMA user_version");
  const isNew = application === 0 && version === 0;
  if (isNew && (await numberOf(client, "SELECT count(*) FROM sqlite_master")) === 0) return false;
  if (application !== APPLICATION_ID) throw refusal(file, "it is the database of another program");
  if (version !== SCHEMA_VERSION) {
    throw refusal(file, `its schema is version ${version}, and this program knows version ${SCHEMA_VERSION}`);
  }
  return true;
}

async function numberOf(client: Runner, sql: string): Promise<number> {
  return Number((await client.execute(sql)).rows[0]?.[0]);
}

/** The path as the library takes it; several slashes at its beginning would be read as a host. */
function urlOf(file: string): string {
  return `file:${encodeURI(file)
    .replace(/[?#]/g, encodeURIComponent)
    .replace(/^\/\/+/, "/")}`;
}
