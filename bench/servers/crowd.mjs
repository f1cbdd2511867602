import { once } from "node:events";
import { performance } from "node:perf_hooks";

/** How many frames go out in one write where one socket gets them all. */
const CHUNK = 1_000;

/** The sockets of a server's clients. What they are sent is written as ready frames: the server is not what limits. */
export class Crowd {
  #sockets = new Set();
  #acknowledgements;
  #received = 0;
  #awaited;

  /** @param acknowledgements Where clients say that they have heard a whole pass. */
  constructor(acknowledgements) {
    this.#acknowledgements = acknowledgements;
  }

  get size() {
    return this.#sockets.size;
  }

  add(webSocket) {
    this.#sockets.add(webSocket);
    webSocket.on("close", () => this.#sockets.delete(webSocket));
  }

  /** All messages to one socket, as fast as it takes them. */
  async flood(frame, messages) {
    const [{ _socket: stream }] = this.#sockets;
    const chunk = Buffer.concat(Array(CHUNK).fill(frame));
    for (let left = messages; left > 0; left -= CHUNK) {
      if (!stream.write(left < CHUNK ? chunk.subarray(0, left * frame.length) : chunk))
        await once(stream, "drain");
    }
  }

  /** One message to each socket, pass after pass. The next one begins when the client has heard all of this one. */
  async spread(frame, passes) {
    const streams = Array.from(this.#sockets, ({ _socket }) => _socket);
    const write = () => {
      for (const stream of streams) stream.write(frame);
    };
    for (let pass = 0; pass < passes; pass++) await this.#acknowledgements.acknowledgement(write);
  }

  /** So many messages a second, a few every 5 ms, to each socket in turn, until the returned function is called. */
  trickle(frame, perSecond) {
    const streams = Array.from(this.#sockets, ({ _socket }) => _socket);
    const started = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = ((performance.now() - started) / 1000) * perSecond;
      for (; sent < due; sent++) streams[sent % streams.length].write(frame);
    }, 5);
    return () => {
      clearInterval(timer);
      return { sent, perSecond: sent / ((performance.now() - started) / 1000) };
    };
  }

  /** A ping of the transport to everybody; resolves when all have answered. */
  async pingAll() {
    await Promise.all(
      Array.from(this.#sockets, (webSocket) => {
        const answered = once(webSocket, "pong");
        webSocket.ping();
        return answered;
      }),
    );
  }

  /** A message of a client arrived that only counts. */
  heard() {
    if (++this.#received === this.#awaited?.count) this.#awaited.resolve();
  }

  /** Resolves when so many have arrived. */
  async received(count) {
    await new Promise((resolve) => {
      this.#awaited = { count, resolve };
      if (this.#received >= count) resolve();
    });
  }
}
