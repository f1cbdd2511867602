import type { Store } from "@holdfast/core/server";

/** A store, and why it does not work for now, if so. */
export interface OpenedStore {
  /** `undefined` for memory, which the server brings. */
  readonly store: Store | undefined;
  readonly problem: string | undefined;
}

/** Failures that pass: a full disk, and a file that another process keeps locked. */
const PASSING = new Set(["overflow", "timeout"]);

/**
 * The store that `--store` names. A failure that can pass is told, and the server starts all the same; it works again
 * as soon as the file does.
 * @throws {TypeError} for what is no file's name; {HoldfastError} where the file can never be used.
 */
export async function openStore(where: string): Promise<OpenedStore> {
  if (where === "memory") return { store: undefined, problem: undefined };
  // Only who wants a file needs SQLite, which is slow to load.
  const { sqliteStore } = await import("@holdfast/sqlite");
  const store = sqliteStore({ file: where });
  try {
    await store.check();
    return { store, problem: undefined };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== undefined && PASSING.has(code)) return { store, problem: message };
    await store.close();
    throw error;
  }
}
