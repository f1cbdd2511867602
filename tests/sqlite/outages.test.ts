import { statSync } from "node:fs";
import { sqliteStore } from "@holdfast/sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DatabaseFile, databaseFile, failureOf, news, newsOf } from "./database-file.ts";

let at: DatabaseFile;
beforeEach(async () => {
  at = await databaseFile();
});
afterEach(() => at[Symbol.asyncDispose]());

describe("a file that another process keeps locked", () => {
  const LOCKED = (file: string) => [
    "timeout",
    `Using the store ${file} failed: another process keeps it locked (SQLITE_BUSY)`,
  ];

  it("append and check reject once the time is over, a range tells what it lacks, and then all works again", async () => {
    await using store = sqliteStore({ file: at.file, lockTimeoutMs: 60 });
    await news(store, "a");
    const lock = await at.foreign("BEGIN EXCLUSIVE");
    const lost = news(store, "b");
    expect(await failureOf(lost)).toEqual(LOCKED(at.file));
    expect(await failureOf(store.check())).toEqual(LOCKED(at.file));
    expect(await newsOf(store)).toEqual([["a"], false]);
    lock.release();
    await store.check();
    await news(store, "c");
    expect(await newsOf(store)).toEqual([["a", "c"], false]);
    expect(await newsOf(store, { after: "a" })).toEqual([["c"], false]);
    expect(await newsOf(store, { after: "b" })).toEqual([["c"], true]);
  });

  it("what could not be kept is remembered beyond the process", async () => {
    const store = sqliteStore({ file: at.file, lockTimeoutMs: 0 });
    await news(store, "a");
    const lock = await at.foreign("BEGIN EXCLUSIVE");
    await failureOf(news(store, "b"));
    lock.release();
    await news(store, "c");
    await store.close();
    await using later = sqliteStore({ file: at.file });
    expect(await newsOf(later, { after: "a" })).toEqual([["c"], false]);
  });

  it("an append waits for a lock that ends in time, and the loop goes on meanwhile", async () => {
    await using store = sqliteStore({ file: at.file, lockTimeoutMs: 20_000 });
    await news(store, "a");
    const lock = await at.foreign("BEGIN EXCLUSIVE");
    const appended = news(store, "b");
    let turns = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (++turns < 5) return;
        clearInterval(timer);
        resolve();
      }, 10);
    });
    lock.release();
    await appended;
    expect(await newsOf(store)).toEqual([["a", "b"], true]);
  });

  it("what waits is bounded in count and bytes, and what is over is refused at once", async () => {
    await using store = sqliteStore({
      file: at.file,
      maxWaiting: 2,
      maxWaitingBytes: 1_000,
      lockTimeoutMs: 20_000,
    });
    await news(store, "a");
    const lock = await at.foreign("BEGIN EXCLUSIVE");
    const large = news(store, "b", JSON.stringify("x".repeat(600)));
    expect(await failureOf(news(store, "c", JSON.stringify("x".repeat(600))))).toEqual([
      "overflow",
      "1 events, 706 bytes, wait to be written: no more are taken",
    ]);
    const small = news(store, "d");
    expect((await failureOf(news(store, "e")))[1]).toMatch(/^2 events/);
    lock.release();
    await Promise.all([large, small]);
    expect(await newsOf(store)).toEqual([["a", "b", "d"], false]);
  });
});

describe("a full disk", () => {
  it("append and check reject, nothing that was kept is lost, and with room all works again", async () => {
    const filling = JSON.stringify("x".repeat(20_000));
    await using store = sqliteStore({ file: at.file, maxFileBytes: 200_000 });
    const kept: string[] = [];
    let failure: [string, string] | undefined;
    for (let n = 1_000; failure === undefined; n++) {
      failure = await news(store, `evt_${n}`, filling).then(
        () => void kept.push(`evt_${n}`),
        (error) => [error.code, error.message],
      );
    }
    expect(failure).toEqual([
      "overflow",
      `Using the store ${at.file} failed: the disk is full (SQLITE_FULL)`,
    ]);
    expect(kept.length).toBeGreaterThan(3);
    expect((await failureOf(store.check()))[1]).toContain("the disk is full");
    expect(await newsOf(store)).toEqual([kept, false]);
    await store.trim("news", { maxEvents: 1, maxBytes: 1_000_000, maxAgeMs: 1_000_000 });
    expect(await newsOf(store)).toEqual([kept.slice(-1), false]);
    await store.check();
    await news(store, "evt_9999", filling);
    expect(await newsOf(store)).toEqual([[...kept.slice(-1), "evt_9999"], false]);
    expect(statSync(at.file).size).toBeLessThanOrEqual(200_000);
  });
});

describe("time", () => {
  it("topics that nobody touches any more are forgotten, and those to come know that something was", async () => {
    let now = Date.UTC(2026, 0, 1);
    const day = 86_400_000;
    const open = () => sqliteStore({ file: at.file, now: () => now });
    const keep = { maxEvents: 10, maxBytes: 1_000, maxAgeMs: day };
    const store = open();
    for (let n = 0; n < 30; n++) {
      await store.append(`topic ${n}`, { id: "evt_1", time: now, payload: "1" });
      await store.trim(`topic ${n}`, keep);
    }
    await store.close();
    now += 2 * day;
    const later = open();
    await later.append("news", { id: "evt_2", time: now, payload: "1" });
    await later.trim("news", keep);
    await later.trim("other", keep);
    expect(await newsOf(later)).toEqual([["evt_2"], true]);
    await later.close();
    const count = await at.foreign("SELECT count(*) FROM topics");
    count.release();
    expect(count.value).toBe(1);
    await using last = open();
    expect(await last.range("topic 3", { after: "evt_1" })).toEqual({ events: [], complete: true });
    expect(await last.range("topic 3", { after: "evt_0" })).toEqual({ events: [], complete: false });
  });

  it("two stores share one file, and each sees and counts what the other keeps", async () => {
    await using one = sqliteStore({ file: at.file });
    await using two = sqliteStore({ file: at.file });
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => news(n % 2 === 0 ? one : two, `evt_${1_000 + n}`)),
    );
    const { events } = await one.range("news");
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, n) => `evt_${1_000 + n}`));
    await two.trim("news", { maxEvents: 3, maxBytes: 1_000, maxAgeMs: 1_000_000 });
    expect(await newsOf(two)).toEqual([["evt_1197", "evt_1198", "evt_1199"], false]);
    expect(await newsOf(one)).toEqual([["evt_1197", "evt_1198", "evt_1199"], false]);
    // A message may reach several servers, and each keeps it.
    await news(one, "evt_1199", "2");
    expect(await newsOf(one)).toEqual([["evt_1197", "evt_1198", "evt_1199"], false]);
  });
});
