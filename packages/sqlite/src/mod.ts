/**
 * A durable history for Holdfast's servers, in one SQLite file.
 *
 * @module
 */
export { sqliteStore } from "./sqlite-store.ts";
export type { SqliteStoreOptions } from "./sqlite-store-options.ts";
