/**
 * What server halves share: histories, the backplane between servers, and their limits. For those who write a store
 * or a backplane of their own, or a server.
 *
 * @module
 */
export type { Backplane, BackplaneMessage, Lease } from "./backplane.ts";
export type { ServerLimits } from "./limits.ts";
export type { MemoryBackplane, MemoryBackplaneOptions } from "./memory-backplane.ts";
export { memoryBackplane } from "./memory-backplane.ts";
export type { MemoryStore, MemoryStoreOptions, MemoryStoreStats } from "./memory-store.ts";
export { memoryStore } from "./memory-store.ts";
export type { Retention, Store, StoredEvent, StoredRange, StoreRange } from "./store.ts";
