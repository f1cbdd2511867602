import type { Clock } from "@holdfast/core";

/** Which file, and how it is used. */
export interface SqliteStoreOptions {
  /** Its path. It is made when it is not there; its directory is not. */
  file: string;
  /** Whether an append waits for the disk, and so survives a power cut and not only the end of the process. @default false */
  syncWrites?: boolean;
  /** How large the file may grow, in bytes; more is refused as if the disk were full. @default 8589934592 */
  maxFileBytes?: number;
  /** How many appends may wait to be written; more are refused. @default 10000 */
  maxWaiting?: number;
  /** How many bytes of them may wait. @default 16777216 */
  maxWaitingBytes?: number;
  /** How long something waits for a file that another process keeps locked, in milliseconds. @default 1000 */
  lockTimeoutMs?: number;
  /** The time in milliseconds since 1970, which the age of events is judged by. @default Date.now */
  now?: () => number;
  /** What the waits are measured by. @default the system's */
  clock?: Clock;
}
