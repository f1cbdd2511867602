import { copyFile, rename, rm } from "node:fs/promises";
import { sqliteStore } from "@holdfast/sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type DatabaseFile, databaseFile, failureOf, news, newsOf } from "./database-file.ts";

let at: DatabaseFile;
beforeEach(async () => {
  at = await databaseFile();
});
afterEach(() => at[Symbol.asyncDispose]());

const removed = async (): Promise<void> => {
  for (const tail of ["", "-wal", "-shm"]) await rm(`${at.file}${tail}`, { force: true });
};

it("N12 check notices that the file was deleted, once, and what follows goes into a new one", async () => {
  await using store = sqliteStore({ file: at.file });
  await news(store, "evt_1");
  await store.check();
  await removed();
  expect(await failureOf(store.check())).toEqual([
    "store-failed",
    `Using the store ${at.file} failed: it was deleted`,
  ]);
  await store.check();
  await news(store, "evt_2");
  // The one before is gone, and who resumes after it is told so.
  expect(await newsOf(store, { after: "evt_0" })).toEqual([["evt_2"], false]);
  await using other = sqliteStore({ file: at.file });
  expect(await newsOf(other)).toEqual([["evt_2"], true]);
});

it("N12 check notices that another file has taken its place", async () => {
  const first = sqliteStore({ file: at.file });
  await news(first, "evt_1");
  await first.close();
  await copyFile(at.file, `${at.file}.copy`);
  await using store = sqliteStore({ file: at.file });
  await news(store, "evt_2");
  await removed();
  await rename(`${at.file}.copy`, at.file);
  expect(await failureOf(store.check())).toEqual([
    "store-failed",
    `Using the store ${at.file} failed: another file has taken its place`,
  ]);
  await store.check();
  expect(await newsOf(store)).toEqual([["evt_1"], true]);
});

it("N12 a store that was not opened yet has nothing to compare", async () => {
  await using store = sqliteStore({ file: at.file });
  await store.check();
  await store.check();
});
