/** Says in the file's header that it is one of ours: "Hold". */
export const APPLICATION_ID = 0x486f6c64;

/** The version of the tables below, kept in the header as `user_version`. */
export const SCHEMA_VERSION = 1;

/**
 * `floor` is the newest id that went, or that could not be kept: after an older one, a topic is not complete.
 * `forgotten` holds the same for all topics that are not there any more. The triggers keep the sums exact, whichever
 * process writes; so nothing is ever counted.
 */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE topics (
    name TEXT PRIMARY KEY,
    events INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    newest INTEGER NOT NULL DEFAULT 0,
    floor TEXT,
    max_age INTEGER
  ) WITHOUT ROWID`,
  `CREATE TABLE events (
    topic TEXT NOT NULL,
    id TEXT NOT NULL,
    time INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (topic, id)
  ) WITHOUT ROWID`,
  "CREATE TABLE forgotten (id TEXT)",
  "INSERT INTO forgotten VALUES (NULL)",
  "CREATE TABLE probe (id INTEGER PRIMARY KEY, filling BLOB)",
  `CREATE TRIGGER added AFTER INSERT ON events BEGIN
    INSERT INTO topics (name, events, bytes, newest, floor)
    VALUES (new.topic, 1, new.bytes, new.time, (SELECT id FROM forgotten))
    ON CONFLICT (name) DO UPDATE SET
      events = events + 1, bytes = bytes + excluded.bytes, newest = max(newest, excluded.newest);
  END`,
  `CREATE TRIGGER removed AFTER DELETE ON events BEGIN
    UPDATE topics SET events = events - 1, bytes = bytes - old.bytes, floor = max(ifnull(floor, old.id), old.id)
    WHERE name = old.topic;
  END`,
  `PRAGMA application_id = ${APPLICATION_ID}`,
  `PRAGMA user_version = ${SCHEMA_VERSION}`,
];
