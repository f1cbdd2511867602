import type { Retention, StoredRange, StoreRange } from "@holdfast/core/server";
import type { InStatement, ResultSet, Row, Transaction } from "@libsql/client/sqlite3";
import { fromStored } from "./stored-text.ts";

/** How many topics that nobody touches any more are forgotten at a time. */
const FORGOTTEN_AT_ONCE = 20;

/** An event as the table has it; the texts are those of `toStored`. */
export interface EventRow {
  readonly topic: string;
  readonly id: string;
  readonly time: number;
  /** Of the payload. */
  readonly bytes: number;
  readonly payload: string;
}

/** Keeps events. One statement for all: one for each costs six times as much. An id that is there already stays. */
export function insertion(rows: readonly EventRow[]): InStatement {
  const sql = `INSERT INTO events (topic, id, time, bytes, payload)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
    ON CONFLICT DO NOTHING`;
  const list = rows.map(({ topic, id, time, bytes, payload }) => [topic, id, time, bytes, payload]);
  return { sql, args: [JSON.stringify(list)] };
}

/** Says that a topic is not complete up to this event, which could not be kept. */
export function lossOf({ topic, id, time }: Pick<EventRow, "topic" | "id" | "time">): InStatement {
  const sql = `INSERT INTO topics (name, floor, newest) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET
      floor = max(ifnull(floor, excluded.floor), excluded.floor), newest = max(newest, excluded.newest)`;
  return { sql, args: [topic, id, time] };
}

/** Takes away what is over in a topic, the oldest first; the sums in `topics` say whether anything is. */
export async function trimTopic(
  transaction: Transaction,
  topic: string,
  { maxEvents, maxBytes, maxAgeMs }: Retention,
  now: number,
): Promise<void> {
  const look = `SELECT events, bytes, max_age, (SELECT time FROM events WHERE topic = name ORDER BY id LIMIT 1)
    FROM topics WHERE name = ?`;
  const row = await first(transaction, look, topic);
  if (row === undefined) return;
  const [events, bytes, oldest] = [Number(row[0]), Number(row[1]), row[3]];
  const maxAge = Number.isFinite(maxAgeMs) ? maxAgeMs : null;
  if (row[2] !== maxAge) {
    await transaction.execute({ sql: "UPDATE topics SET max_age = ? WHERE name = ?", args: [maxAge, topic] });
  }
  const cuts: unknown[] = [];
  if (events > maxEvents) {
    const nth = "SELECT id FROM events WHERE topic = ? ORDER BY id LIMIT 1 OFFSET ?";
    cuts.push((await first(transaction, nth, topic, events - Math.max(0, Math.floor(maxEvents)) - 1))?.[0]);
  }
  if (bytes > maxBytes) {
    const nth = `SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY id) AS total FROM events WHERE topic = ?)
      WHERE total >= ? ORDER BY id LIMIT 1`;
    cuts.push((await first(transaction, nth, topic, bytes - maxBytes))?.[0]);
  }
  for (const cut of cuts) {
    if (typeof cut !== "string") continue;
    await transaction.execute({ sql: "DELETE FROM events WHERE topic = ? AND id <= ?", args: [topic, cut] });
  }
  if (maxAge !== null && oldest !== null && Number(oldest) <= now - maxAge) {
    const sql = "DELETE FROM events WHERE topic = ? AND time <= ?";
    await transaction.execute({ sql, args: [topic, now - maxAge] });
  }
}

/** Forgets topics whose last event is too old; returns whether there may be more of them. */
export async function forgetTopics(transaction: Transaction, now: number): Promise<boolean> {
  const sql = "SELECT name FROM topics WHERE newest <= ? - max_age LIMIT ?";
  const { rows } = await transaction.execute({ sql, args: [now, FORGOTTEN_AT_ONCE] });
  for (const row of rows) {
    const topic = String(row[0]);
    await transaction.execute({ sql: "DELETE FROM events WHERE topic = ?", args: [topic] });
    // Its floor is now the last id it had.
    const last = "SELECT floor FROM topics WHERE name = ?";
    const floor = (await first(transaction, last, topic))?.[0] ?? "";
    await transaction.execute({
      sql: "UPDATE forgotten SET id = max(ifnull(id, ?), ?)",
      args: [floor, floor],
    });
    await transaction.execute({ sql: "DELETE FROM topics WHERE name = ?", args: [topic] });
  }
  return rows.length === FORGOTTEN_AT_ONCE;
}

/** What a range is asked with, besides what the caller said. */
export interface RangeContext {
  readonly topic: string;
  readonly now: number;
  /** How old an event may be, where that is not in the file yet. */
  readonly maxAgeMs: number | null;
}

/** What a range has to read, to be given to {@linkcode rangeOf}. */
export function rangeStatements({ topic, now, maxAgeMs }: RangeContext, query: StoreRange): InStatement[] {
  const { after = "", limit, last } = query;
  const newest = last !== undefined;
  const tooOld = "ifnull(time <= :now - ifnull(:maxAge, max_age), 0)";
  const rows = `events JOIN topics ON name = topic WHERE topic = :topic`;
  const args = { topic, now, maxAge: maxAgeMs };
  const count = newest ? last : (limit ?? -1);
  return [
    {
      sql: "SELECT iif(count(*) = 0, (SELECT id FROM forgotten), max(floor)) FROM topics WHERE name = :topic",
      args: { topic },
    },
    { sql: `SELECT max(id) FROM ${rows} AND ${tooOld}`, args },
    { sql: "SELECT 1 FROM events WHERE topic = :topic AND id <= :after LIMIT 1", args: { topic, after } },
    {
      sql: `SELECT id, time, payload FROM ${rows} AND id > :after AND NOT ${tooOld}
        ORDER BY id ${newest ? "DESC" : "ASC"} LIMIT :count`,
      args: { ...args, after, count },
    },
  ];
}

/** The range that was read; `lost` is the newest event that could not be kept and is not in the file's floor yet. */
export function rangeOf(
  results: readonly ResultSet[],
  query: StoreRange,
  lost: string | undefined,
): StoredRange {
  const [gone, expired, older, found] = results;
  const floors = [gone?.rows[0]?.[0], expired?.rows[0]?.[0], lost];
  const floor = floors.reduce<string>((top, id) => (typeof id === "string" && id > top ? id : top), "");
  const events = (found?.rows ?? []).map((row) => ({
    id: String(row[0]),
    time: Number(row[1]),
    payload: fromStored(String(row[2])),
  }));
  if (query.last !== undefined) events.reverse();
  const { after } = query;
  if (after === undefined) return { events, complete: floor === "" };
  // Without a floor the topic is there since its first event: it knows what came after that one.
  return { events, complete: floor === "" ? older?.rows.length === 1 : after >= floor };
}

async function first(
  transaction: Transaction,
  sql: string,
  ...args: (string | number)[]
): Promise<Row | undefined> {
  return (await transaction.execute({ sql, args })).rows[0];
}
