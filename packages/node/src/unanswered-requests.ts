import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket as Stream } from "node:net";

/** How many requests of one connection may wait for their answers at once. */
const MAX_UNANSWERED = 16;

/** A connection whose reader takes nothing of what waits for it is dropped after this time, in milliseconds. */
const STALL_TIMEOUT_MS = 30_000;

/** What a connection waits for: answers in the order of their requests, of which node:http is at the first. */
interface Waiting {
  readonly responses: Set<ServerResponse>;
  /** It asked for too much: what it sends after that is not looked at any more. */
  exceeded: boolean;
}

/** The requests of each connection that have no answer yet, so that none can have any number of them. */
export class UnansweredRequests {
  readonly #waiting = new WeakMap<Stream, Waiting>();

  constructor(server: Server) {
    server.timeout = STALL_TIMEOUT_MS;
    server.on("timeout", (stream: Stream) => this.#silent(stream));
  }

  /** Takes a request: it is to be answered as usual, or with 503 since it is one too many, or not at all. */
  take({ socket: stream }: IncomingMessage, response: ServerResponse): "answer" | "refuse" | "ignore" {
    const waiting = this.#of(stream);
    // Read already with those before it.
    if (waiting.exceeded) return "ignore";
    if (waiting.responses.size >= MAX_UNANSWERED) {
      waiting.exceeded = true;
      // Node reads on after each message: `pause` alone is undone then, and of a paused stream it is not told again.
      const stop = (): void => void stream.pause().emit("pause");
      stream.on("resume", stop);
      stop();
      return "refuse";
    }
    waiting.responses.add(response);
    response.once("close", () => waiting.responses.delete(response));
    return "answer";
  }

  /** Whether the next answer of a connection is that to the request that it is sending. */
  isDue(stream: Stream): boolean {
    const waiting = this.#waiting.get(stream);
    if (waiting === undefined) return true;
    const [response, ...others] = waiting.responses;
    if (waiting.exceeded || others.length > 0) return false;
    return response === undefined || (!response.headersSent && !response.req.complete);
  }

  #of(stream: Stream): Waiting {
    let waiting = this.#waiting.get(stream);
    if (waiting !== undefined) return waiting;
    const responses = new Set<ServerResponse>();
    waiting = { responses, exceeded: false };
    this.#waiting.set(stream, waiting);
    stream.once("close", () => {
      for (const response of responses) {
        // Node tells only the answer whose turn it is: those behind it would wait for ever, with all they hold.
        if (response.socket === null) response.destroy().emit("close");
      }
    });
    return waiting;
  }

  /** Nothing went in or out. An answer may take longer than that; a reader that takes nothing of it may not. */
  #silent(stream: Stream): void {
    const unanswered = this.#waiting.get(stream)?.responses.size ?? 0;
    if (unanswered === 0 || stream.writableLength > 0) stream.destroy();
  }
}
