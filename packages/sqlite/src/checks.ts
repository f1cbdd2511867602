import { type Clock, HoldfastError, systemClock } from "@holdfast/core";
import type { StoredEvent, StoreRange } from "@holdfast/core/server";
import type { SqliteStoreOptions } from "./sqlite-store-options.ts";

const encoder = new TextEncoder();
/** Ids of these sort in SQLite's bytes as they sort in JavaScript. */
const ID = /^[\x20-\x7e]{1,200}$/;

/** The options with their defaults. @throws {TypeError | RangeError} one makes no sense */
export function checkOptions(options: SqliteStoreOptions): Required<SqliteStoreOptions> {
  const { file, syncWrites = false, now = Date.now, clock = systemClock } = options;
  if (typeof file !== "string" || file === "" || file.startsWith(":memory:") || !isPath(file)) {
    throw new TypeError(`Option file must be the path of a file: got ${show(file)}`);
  }
  if (typeof syncWrites !== "boolean") {
    throw new TypeError(`Option syncWrites must be true or false: got ${show(syncWrites)}`);
  }
  if (typeof now !== "function") throw new TypeError(`Option now must be a function: got ${show(now)}`);
  return {
    file,
    syncWrites,
    now,
    clock: clock satisfies Clock,
    maxFileBytes: whole("maxFileBytes", options.maxFileBytes ?? 8_589_934_592, 65_536),
    maxWaiting: whole("maxWaiting", options.maxWaiting ?? 10_000, 1),
    maxWaitingBytes: whole("maxWaitingBytes", options.maxWaitingBytes ?? 16_777_216, 1),
    lockTimeoutMs: whole("lockTimeoutMs", options.lockTimeoutMs ?? 1_000, 0),
  };
}

/** @throws {HoldfastError} `bad-message`: it is no text */
export function checkTopic(topic: string): void {
  if (typeof topic !== "string") throw bad(`A topic must be a string: got ${show(topic)}`);
}

/** How many bytes its payload has. @throws {HoldfastError} `bad-message`: it cannot be kept */
export function checkEvent({ id, time, payload }: StoredEvent): number {
  if (typeof id !== "string" || !ID.test(id)) {
    throw bad(`An event's id must be 1 to 200 printable ASCII characters: got ${show(id)}`);
  }
  if (!Number.isFinite(time)) throw bad(`The time of event ${id} must be a number: got ${show(time)}`);
  if (typeof payload !== "string")
    throw bad(`The payload of event ${id} must be JSON text: got ${show(payload)}`);
  return encoder.encode(payload).length;
}

/** @throws {RangeError} a count makes no sense, or two things exclude each other */
export function checkRange({ after, limit, last }: StoreRange): void {
  if (limit !== undefined) whole("limit", limit, 0);
  if (last !== undefined) whole("last", last, 0);
  if (last !== undefined && after !== undefined) throw new RangeError("A range has last or after, not both");
}

function isPath(file: string): boolean {
  return !file.includes("\0") && !/[\ud800-\udfff]/u.test(file);
}

function whole(name: string, value: number, min: number): number {
  if (!Number.isSafeInteger(value) || value < min) {
    throw new RangeError(`Option ${name} must be a whole number of at least ${min}: got ${show(value)}`);
  }
  return value;
}

function bad(message: string): HoldfastError {
  return new HoldfastError("bad-message", message);
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : String(value);
}
