import type { StoredRange } from "../../server/store.ts";
import { laterFault } from "./fault.ts";
import { jsonAnswer } from "./responses.ts";

/** How many histories may be under way to their readers at once: each holds its events until the last was taken. */
const MAX_OPEN = 32;

/** How many may wait for the store at once: it answers soon, or the wait is given up. */
const MAX_READING = 32;

/** How much of a history is written at once, in characters; what is smaller as a whole is not told in parts. */
const PART_LENGTH = 65_536;

/** The answers with a channel's history: written as they are read, and only so many at once. */
export class HistoryAnswers {
  #open = 0;
  #reading = 0;

  /**
   * Answers with what is read; the place is given back when the answer was read or is not wanted any more.
   * @throws {Fault} `OVERLOADED`, before anything is read from the store; and what `read` rejects with
   */
  async answer(read: () => Promise<StoredRange>): Promise<Response> {
    if (this.#reading >= MAX_READING) throw laterFault("OVERLOADED", "Too many histories are being read");
    this.#reading++;
    const range = await read().finally(() => this.#reading--);
    const length = range.events.reduce((sum, { payload }) => sum + payload.length, 0);
    // What is small needs no place: readers that take nothing of a large one must not keep it from others.
    if (length <= PART_LENGTH) return jsonAnswer(200, [...partsOf(range)].join(""));
    if (this.#open >= MAX_OPEN) throw laterFault("OVERLOADED", "Too many large histories are being read");
    this.#open++;
    let open = true;
    const done = (): void => {
      if (open) this.#open--;
      open = false;
    };
    return jsonAnswer(200, streamOf(partsOf(range), done));
  }
}

/** Made part by part: a reader that takes nothing has cost one part. */
function* partsOf({ events, complete }: StoredRange): Generator<string> {
  let part = '{"success":true,"events":[';
  let comma = "";
  for (const { id, payload, time } of events) {
    // Payloads are JSON text already, and stay as they were sent.
    part += `${comma}{"eventID":${JSON.stringify(id)},"payload":${payload},"time":${time}}`;
    comma = ",";
    if (part.length < PART_LENGTH) continue;
    yield part;
    part = "";
  }
  yield `${part}],"complete":${complete}}`;
}

function streamOf(parts: Iterator<string>, done: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      pull(controller) {
        const { value, done: over } = parts.next();
        if (over !== true) return controller.enqueue(encoder.encode(value));
        done();
        controller.enqueue(encoder.encode("\n"));
        controller.close();
      },
      cancel: done,
    },
    { highWaterMark: 0 },
  );
}
