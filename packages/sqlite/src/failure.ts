import { type ErrorCode, HoldfastError } from "@holdfast/core";
import { LibsqlError } from "@libsql/client/sqlite3";

/** What SQLite's codes mean to whoever runs the server. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["SQLITE_FULL", "the disk is full"],
  ["SQLITE_IOERR", "the disk refuses to read or write, or is full"],
  ["SQLITE_CANTOPEN", "it cannot be opened: is there such a directory, and may this process write to it?"],
  ["SQLITE_READONLY", "it may only be read"],
  ["SQLITE_PERM", "this process may not use it"],
  ["SQLITE_NOTADB", "it is no SQLite file"],
  ["SQLITE_CORRUPT", "it is damaged"],
]);
const UNUSABLE: ErrorCode = "store-failed";
const FULL: ErrorCode = "overflow";
const LOCKED: ReadonlySet<string> = new Set(["SQLITE_BUSY", "SQLITE_LOCKED"]);

const CANNOT_OPEN = /Unable to open connection to local database .*: 14\b/s;

/** Whether somebody else holds the file for now. */
export function isLocked(error: unknown): boolean {
  return error instanceof LibsqlError && LOCKED.has(error.code);
}

/** What is told when the file could not be used: its name, and why not. A locked file is a `timeout`. */
export function storeFailure(file: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  if (!(error instanceof LibsqlError)) {
    // The library has no code for this one, but for SQLite's number in the text.
    const reason = CANNOT_OPEN.test(messageOf(error)) ? REASONS.get("SQLITE_CANTOPEN") : undefined;
    return failed(file, reason ?? messageOf(error), error);
  }
  if (isLocked(error)) {
    const message = `Using the store ${file} failed: another process keeps it locked (${error.code})`;
    return new HoldfastError("timeout", message, { cause: error });
  }
  if (error.code === "CLIENT_CLOSED") return closedError(file);
  const reason = REASONS.get(error.code) ?? error.message;
  const code = error.code === "SQLITE_FULL" ? FULL : UNUSABLE;
  return failed(file, `${reason} (${error.extendedCode ?? error.code})`, error, code);
}

/** What is told of a file that is not ours to use. */
export function refusal(file: string, why: string): HoldfastError {
  return failed(file, why);
}

/** What is told after `close()`. */
export function closedError(file: string): HoldfastError {
  return new HoldfastError("closed", `The store ${file} is closed`);
}

function failed(file: string, why: string, cause?: unknown, code: ErrorCode = UNUSABLE): HoldfastError {
  return new HoldfastError(code, `Using the store ${file} failed: ${why}`, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
