import type { IncomingMessage, Server } from "node:http";
import type { Socket as Stream } from "node:net";

/**
 * Counts the TCP connections of a server, from their first moment until they are gone. Those over the cap are marked, so
 * that their request can be answered with 503; those of a crowd that is larger still are dropped without a word.
 */
export class ConnectionCap {
  readonly #over = new WeakSet<Stream>();
  readonly #max: number;
  #open = 0;
  /** One for all: a closure for each connection is memory, and `once` makes two more objects. */
  readonly #closed = (): void => {
    this.#open--;
  };

  constructor(server: Server, max: number) {
    this.#max = max;
    // Who is to be told 503 takes a descriptor until its request is read: so many may at once.
    server.maxConnections = max + Math.min(1_000, Math.max(16, Math.ceil(max / 10)));
    server.on("connection", (stream: Stream) => this.#opened(stream));
  }

  /** Whether this request came over a connection too many. */
  exceeds({ socket }: IncomingMessage): boolean {
    return this.#over.has(socket);
  }

  #opened(stream: Stream): void {
    if (this.#open >= this.#max) return void this.#over.add(stream);
    this.#open++;
    stream.on("close", this.#closed);
  }
}
