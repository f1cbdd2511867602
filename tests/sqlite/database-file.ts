import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HoldfastError } from "@holdfast/core";
import type { Store } from "@holdfast/core/server";
import { createClient } from "@libsql/client/sqlite3";
import { rejection } from "../contract/expect.ts";

/** A directory with the path of a file that is not there yet. */
export interface DatabaseFile extends AsyncDisposable {
  readonly directory: string;
  readonly file: string;
  /** Runs statements in a connection of another program, which keeps it open until `release`. */
  foreign(...statements: string[]): Promise<{ release(): void; value: unknown }>;
}

/** Makes one. */
export async function databaseFile(): Promise<DatabaseFile> {
  const directory = await mkdtemp(join(tmpdir(), "holdfast-sqlite-"));
  const file = join(directory, "history.db");
  return {
    directory,
    file,
    async foreign(...statements) {
      const client = createClient({ url: `file:${file}`, concurrency: 1 });
      // A transaction that is begun by hand would be rolled back at once: the client keeps none open of its own accord.
      const transaction = statements[0] === "BEGIN EXCLUSIVE" ? await client.transaction("write") : undefined;
      let value: unknown;
      for (const sql of transaction === undefined ? statements : statements.slice(1)) {
        value = (await (transaction ?? client).execute(sql)).rows[0]?.[0];
      }
      return {
        value,
        release() {
          transaction?.close();
          client.close();
        },
      };
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** The ids of a range of the topic `news`, and whether it is complete. */
export async function newsOf(store: Store, range?: Parameters<Store["range"]>[1]): Promise<unknown> {
  const { events, complete } = await store.range("news", range);
  return [events.map(({ id }) => id), complete];
}

/** Appends an event to `news`. */
export function news(store: Store, id: string, payload = "1"): Promise<void> {
  return store.append("news", { id, time: Date.now(), payload });
}

/** The code and the message of a rejection. */
export async function failureOf(promise: Promise<unknown>): Promise<[string, string]> {
  const { code, message } = (await rejection(promise)) as HoldfastError;
  return [code, message];
}
