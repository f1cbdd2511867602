/** Frames up to this size are always taken from a server, in bytes: core reports what is over its own limit. */
const MIN_FRAME_BYTES = 16 * 1024 * 1024;
/** Limits are kept as 32-bit integers by some transports, which take what does not fit for no limit at all. */
const MAX_BYTES = 2 ** 31 - 1;

/** How long a close may take before a transport drops the connection, in milliseconds. */
export const CLOSE_TIMEOUT_MS: number = 1_000;

/** The largest message a listener takes where it is not told otherwise, in bytes. */
export const MAX_MESSAGE_BYTES: number = 1_048_576;

/** The same of a server that anybody may reach, in bytes. */
export const SERVED_MESSAGE_BYTES: number = 65_536;

/** How long an acceptor may take before its peer is refused, in milliseconds. */
export const ACCEPT_TIMEOUT_MS: number = 10_000;

/** The largest frame a dialled socket takes: well over what core takes, so that core can name what is too large. */
export function frameLimit(given: number | undefined, maxMessageBytes: number | undefined): number {
  return Math.min(given ?? Math.max(MIN_FRAME_BYTES, 4 * (maxMessageBytes ?? 0)), MAX_BYTES);
}

/**
 * An option that must be an integer of at least 1, as it was given.
 * @throws {RangeError} for anything else, naming it and its value.
 */
export function atLeastOne(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= MAX_BYTES)) return value;
  throw new RangeError(`Option ${name} must be an integer from 1 to ${MAX_BYTES}: ${value}`);
}
