import type { IncomingMessage, ServerResponse } from "node:http";

/** How much of a body that nobody wants is read all the same, and for how long, in milliseconds. */
const MAX_BYTES = 1_048_576;
const MAX_MS = 1_000;

/**
 * Called when an answer is ready and its request is not read to the end. An honest client that sends a little too much
 * may finish, since many look for an answer only then; who has not is told that the connection ends, and it does once
 * the answer is out: else Node would go on reading for as long as somebody sends.
 */
export async function leaveBody(
  message: IncomingMessage,
  response: ServerResponse,
  body: ReadableStream | null,
  answer: ReadableStream | null,
): Promise<void> {
  // Locked, it is still being read; and an answer may be made of it as it comes.
  if (body === null || (body !== answer && !body.locked)) {
    await body?.cancel().catch(() => {});
    await readOn(message);
  }
  if (!message.complete) response.shouldKeepAlive = false;
}

function readOn(message: IncomingMessage): Promise<void> {
  if (message.complete || message.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let left = MAX_BYTES;
    const count = (bytes: Buffer): void => {
      left -= bytes.length;
      if (left < 0) done();
    };
    const done = (): void => {
      clearTimeout(timer);
      message.off("data", count).off("end", done).off("close", done).pause();
      resolve();
    };
    const timer = setTimeout(done, MAX_MS);
    message.on("data", count).on("end", done).on("close", done).resume();
  });
}
