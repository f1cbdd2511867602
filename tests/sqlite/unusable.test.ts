import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sqliteStore } from "@holdfast/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DatabaseFile, databaseFile, failureOf, news, newsOf } from "./database-file.ts";

let at: DatabaseFile;
beforeEach(async () => {
  at = await databaseFile();
});
afterEach(() => at[Symbol.asyncDispose]());

/** What the store says of the file, whatever it is asked for. */
async function refusal(file: string): Promise<string> {
  await using store = sqliteStore({ file });
  const answers = [
    await failureOf(store.check()),
    await failureOf(news(store, "a")),
    await failureOf(store.range("news")),
  ];
  const [[code, message] = []] = answers;
  for (const answer of answers) expect(answer).toEqual([code, message]);
  expect(message).toContain(file);
  return `${code}: ${message?.replace(file, "FILE")}`;
}

describe("a file that cannot be used", () => {
  it("of another kind is refused, and left as it is", async () => {
    const text = "This is a letter, and no database. ".repeat(100);
    await writeFile(at.file, text);
    expect(await refusal(at.file)).toBe(
      "store-failed: Using the store FILE failed: it is no SQLite file (SQLITE_NOTADB)",
    );
    expect(await readFile(at.file, "utf8")).toBe(text);
  });

  it("of another program is refused, and left as it is", async () => {
    (await at.foreign("CREATE TABLE letters (text TEXT)")).release();
    const before = await readFile(at.file);
    expect(await refusal(at.file)).toBe(
      "store-failed: Using the store FILE failed: it is the database of another program",
    );
    expect(before.equals(await readFile(at.file))).toBe(true);
  });

  it("of a newer version is refused", async () => {
    const store = sqliteStore({ file: at.file });
    await store.check();
    await store.close();
    (await at.foreign("PRAGMA user_version = 2")).release();
    expect(await refusal(at.file)).toBe(
      "store-failed: Using the store FILE failed: its schema is version 2, and this program knows version 1",
    );
  });

  it("that is damaged is told of", async () => {
    const store = sqliteStore({ file: at.file });
    for (let n = 0; n < 100; n++) await news(store, `evt_${1_000 + n}`, JSON.stringify("x".repeat(500)));
    await store.close();
    const bytes = await readFile(at.file);
    bytes.fill(0x5a, 4_096);
    await writeFile(at.file, bytes);
    await using damaged = sqliteStore({ file: at.file });
    const [code, message] = await failureOf(damaged.range("news"));
    expect(`${code}: ${message.replace(at.file, "FILE")}`).toMatch(
      /^store-failed: Using the store FILE failed: it is damaged \(SQLITE_CORRUPT/,
    );
  });

  it("in a directory that is not there is told of, and works once the directory is there", async () => {
    const file = join(at.directory, "later", "history.db");
    expect(await refusal(file)).toMatch(/^store-failed: .+ it cannot be opened: is there such a directory/);
    await using store = sqliteStore({ file });
    await failureOf(news(store, "a"));
    await mkdir(join(at.directory, "later"));
    await news(store, "b");
    expect(await newsOf(store)).toEqual([["b"], false]);
  });
});

describe("options", () => {
  it.each([
    [{ file: "" }, 'Option file must be the path of a file: got ""'],
    [{ file: ":memory:" }, 'Option file must be the path of a file: got ":memory:"'],
    [{ file: "a\0b" }, 'Option file must be the path of a file: got "a\\u0000b"'],
    [{ file: "a", maxWaiting: 0 }, "Option maxWaiting must be a whole number of at least 1: got 0"],
    [
      { file: "a", lockTimeoutMs: Number.NaN },
      "Option lockTimeoutMs must be a whole number of at least 0: got NaN",
    ],
    [{ file: "a", syncWrites: "yes" }, 'Option syncWrites must be true or false: got "yes"'],
  ])("%j is refused at the call", (options, message) => {
    expect(() => sqliteStore(options as { file: string })).toThrow(message);
  });

  it("an event that cannot be kept is told of, and does not take others with it", async () => {
    await using store = sqliteStore({ file: at.file });
    const good = news(store, "a");
    const event = { id: "evt_é", time: Date.now(), payload: "1" };
    expect(await failureOf(store.append("news", event))).toEqual([
      "bad-message",
      'An event\'s id must be 1 to 200 printable ASCII characters: got "evt_é"',
    ]);
    expect((await failureOf(store.append("news", { ...event, id: "b", time: Number.NaN })))[0]).toBe(
      "bad-message",
    );
    await good;
    expect(await newsOf(store)).toEqual([["a"], true]);
  });
});
