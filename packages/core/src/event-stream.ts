import { HoldfastError } from "./errors.ts";
import { numberOption, signalOption, wordOption } from "./options.ts";

/** How a stream of events waits for its reader. */
export interface StreamOptions {
  /** Ends the stream; what is buffered is still delivered. */
  signal?: AbortSignal;
  /** How many unread events are kept. @default 1024 */
  limit?: number;
  /** Which event gives way when the buffer is full. @default "drop-oldest" */
  policy?: "drop-oldest" | "drop-newest";
}

/** Events for one `for await` loop. Leaving the loop frees the buffer. */
export interface EventStream<Payload> extends AsyncIterableIterator<Payload> {
  /** How many events gave way because the buffer was full. */
  readonly dropped: number;
}

/** What a stream needs of the emitter it reads. */
interface StreamSource<Payload> {
  name: string;
  subscribe(push: (payload: Payload) => void): () => void;
  /** Registers the end of the source; returns its remover. */
  onEnd(end: () => void): () => void;
  report(error: HoldfastError): void;
}

/** A bounded buffer between an emitter and one `for await` loop. */
export function eventStream<Payload>(
  options: StreamOptions,
  source: StreamSource<Payload>,
): EventStream<Payload> {
  const limit = numberOption("limit", options.limit, 1024, { min: 1 });
  const policy = wordOption("policy", options.policy, ["drop-oldest", "drop-newest"], "drop-oldest");
  const signal = signalOption("signal", options.signal);

  let buffer: Payload[] = [];
  let head = 0;
  let dropped = 0;
  let overflowing = false;
  let ended = false;
  const readers: Array<(result: IteratorResult<Payload>) => void> = [];

  const push = (payload: Payload): void => {
    if (ended) return;
    const reader = readers.shift();
    if (reader) return reader({ value: payload, done: false });
    if (buffer.length - head >= limit) {
      if (!overflowing) {
        overflowing = true;
        const text = `Stream of ${source.name} is full at ${limit} events: the reader is too slow (${policy})`;
        source.report(new HoldfastError("overflow", text));
      }
      dropped++;
      if (policy === "drop-newest") return;
      head++;
    }
    buffer.push(payload);
    if (head >= limit) {
      buffer = buffer.slice(head);
      head = 0;
    }
  };

  const end = (): void => {
    if (ended) return;
    ended = true;
    off();
    offEnd();
    signal?.removeEventListener("abort", end);
    for (const reader of readers.splice(0)) reader({ value: undefined, done: true });
  };

  const off = source.subscribe(push);
  let offEnd: () => void = () => {};
  offEnd = source.onEnd(end);
  if (signal?.aborted) end();
  else if (!ended) signal?.addEventListener("abort", end, { once: true });

  return {
    get dropped() {
      return dropped;
    },
    next(): Promise<IteratorResult<Payload>> {
      if (head < buffer.length) {
        const value = buffer[head++] as Payload;
        if (head === buffer.length) {
          buffer = [];
          head = 0;
          overflowing = false;
        }
        return Promise.resolve({ value, done: false });
      }
      if (ended) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve) => readers.push(resolve));
    },
    return(): Promise<IteratorResult<Payload>> {
      end();
      buffer = [];
      head = 0;
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
