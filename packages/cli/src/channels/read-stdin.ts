import { usageError } from "../commands/usage-error.ts";

/** More than any server takes, in bytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** All of a stream as UTF-8. */
export async function readAll(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BYTES) throw usageError(`stdin holds more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw usageError("stdin is not UTF-8");
  }
}
