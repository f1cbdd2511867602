import type { CloseCause, Frame } from "@holdfast/core";

/** Lines up to this size are always taken from a server, in bytes: core reports what is over its own limit. */
const MIN_FRAME_BYTES = 16 * 1024 * 1024;
const MAX_BYTES = 2 ** 31 - 1;

/** How long a close may take before the connection is dropped, in milliseconds. */
export const CLOSE_TIMEOUT_MS: number = 1_000;

/** The largest message a listener takes where it is not told otherwise, in bytes. */
export const MAX_MESSAGE_BYTES: number = 1_048_576;

/** The longest line a dialled socket takes: well over what core takes, so that core can name what is too large. */
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

/** An address that can be dialled: an unspecified host is reached on the loopback. */
export function addressOf(scheme: string, host: string, port: number): string {
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `${scheme}://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** JavaScript may not send 1009: the code that says the same to the peer of a native WebSocket. */
export const TOO_LARGE_CODE: number = 4009;

/** Why a connection ended whose peer sent a message over a limit that this package keeps. */
export function tooLarge(maxBytes: number): CloseCause {
  return { kind: "too-large", message: `Message was larger than ${maxBytes} bytes` };
}

const encoder = new TextEncoder();

/** Text is measured only where its length leaves a doubt: one UTF-16 unit is one to three bytes. */
export function exceeds(frame: Frame | ArrayBuffer, maxBytes: number): boolean {
  if (typeof frame !== "string") return frame.byteLength > maxBytes;
  if (frame.length > maxBytes || frame.length * 3 <= maxBytes) return frame.length > maxBytes;
  return encoder.encode(frame).length > maxBytes;
}
