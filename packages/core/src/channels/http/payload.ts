import { byteLength } from "../../bytes.ts";
import { clip, messageOf } from "../../errors.ts";
import { isTooDeep } from "../../server/json-depth.ts";
import { Fault, laterFault } from "./fault.ts";
import type { Parameters } from "./parameters.ts";

/** What a payload may be. */
export interface PayloadLimits {
  readonly maxMessageBytes: number;
  readonly maxDepth: number;
}

/**
 * JSON text as one line, checked: not too deep, and not nothing. The text stays as the caller wrote it, so that a
 * number of twenty digits arrives as it was sent: between tokens a line break is only a space, and inside a string there is none.
 *
 * @throws {Fault} `NO_PAYLOAD`, `TOO_DEEP`, `BAD_JSON`
 */
export function checkedPayload(text: string, { maxDepth }: PayloadLimits): string {
  const line = text.trim().replace(/[\r\n]+/g, " ");
  if (line === "") throw noPayload("an empty body");
  if (isTooDeep(line, maxDepth)) throw new Fault("TOO_DEEP", `JSON is nested more than ${maxDepth} deep`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new Fault("BAD_JSON", `Body is no JSON: ${clip(messageOf(error), 120)}`);
  }
  if (value === null) throw noPayload("null");
  if (typeof value === "object" && !Array.isArray(value) && Object.keys(value).length === 0)
    throw noPayload("{}");
  return line;
}

/**
 * The payload of a GET: its parameters without the control parameters; a repeated key is an array.
 * @throws {Fault} `NO_PAYLOAD`, `TOO_LARGE`
 */
export function payloadOfQuery(
  parameters: Parameters,
  control: ReadonlySet<string>,
  { maxMessageBytes }: PayloadLimits,
): string {
  const entries = [...parameters]
    .filter(([key]) => !control.has(key))
    .map(([key, values]) => [key, values.length === 1 ? values[0] : values] as const);
  if (entries.length === 0) throw noPayload("no parameters besides the control parameters");
  // `fromEntries` defines, and does not assign: a key `__proto__` is plain data (S22).
  const text = JSON.stringify(Object.fromEntries(entries));
  if (byteLength(text) > maxMessageBytes) throw tooLarge(maxMessageBytes);
  return text;
}

/**
 * The text of a body, of which never more than `maxBytes` and a chunk is held.
 * @throws {Fault} `TOO_LARGE`, `BAD_JSON` when it is not UTF-8, `OVERLOADED` when it broke off
 */
export async function bodyText(request: Request, maxBytes: number): Promise<string> {
  if (Number(request.headers.get("content-length")) > maxBytes) {
    // Nobody reads it: a stream that is left alone would keep what it buffered.
    await request.body?.cancel().catch(() => {});
    throw tooLarge(maxBytes);
  }
  if (request.body === null) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = request.body.getReader();
  let size = 0;
  let text = "";
  try {
    for (;;) {
      const { done, value } = await read(reader);
      if (done) return text + decoded(decoder);
      size += value.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      text += decoded(decoder, value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    // Whoever has the rest of it sees that nobody reads it any more.
    reader.releaseLock();
    throw error;
  }
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (error) {
    throw laterFault("OVERLOADED", `Body broke off: ${clip(messageOf(error), 120)}`);
  }
}

function decoded(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new Fault("BAD_JSON", "Body is not UTF-8");
  }
}

function noPayload(what: string): Fault {
  return new Fault("NO_PAYLOAD", `Emit needs a payload: got ${what}`);
}

function tooLarge(maxBytes: number): Fault {
  return new Fault("TOO_LARGE", `Payload is larger than ${maxBytes} bytes`);
}
