import { byteLength } from "../../bytes.ts";
import { clip, HoldfastError, messageOf } from "../../errors.ts";

/** The largest presence, as JSON in UTF-8, in bytes. */
const MAX_BYTES = 4_096;

/**
 * A presence as JSON text: what the caller does to the object later is not said to anybody.
 * @throws {HoldfastError} `bad-message` over 4 KiB, or for what is no JSON.
 */
export function presenceJson(presence: unknown): string {
  const json = jsonOf("Presence", presence);
  const bytes = byteLength(json);
  if (bytes <= MAX_BYTES) return json;
  throw new HoldfastError(
    "bad-message",
    `Presence must have at most ${MAX_BYTES} bytes as JSON: got ${bytes}, ${clip(json, 80)}`,
  );
}

/** A value as JSON text. @throws {HoldfastError} `bad-message` for a value that JSON does not have */
export function jsonOf(what: string, value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    throw new HoldfastError("bad-message", `${what} cannot be written as JSON: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (json !== undefined) return json;
  throw new HoldfastError("bad-message", `${what} cannot be written as JSON: got ${clip(value, 80)}`);
}
