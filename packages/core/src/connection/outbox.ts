import { byteLength, isLarger } from "../bytes.ts";
import { numberOption, objectOption, wordOption } from "../options.ts";
import type { Frame } from "../socket/socket.ts";

/** What happens to messages that cannot be sent right now. */
export interface OutboxOptions {
  /**
   * `queue`: kept until the connection is ready again, refused when full; `drop-oldest`: kept, and when full
   * the oldest gives way; `reject`: never kept while the connection is down.
   * @default "queue"
   */
  policy?: "queue" | "drop-oldest" | "reject";
  /** How many messages are kept. @default 1000 */
  maxMessages?: number;
  /** How many bytes are kept. @default 1048576 */
  maxBytes?: number;
  /** Above this many bytes in the transport's own buffer messages are kept here. @default 1048576 */
  highWaterBytes?: number;
}

/** The options with their defaults. */
export type OutboxLimits = Required<OutboxOptions>;

/** @throws {TypeError | RangeError} for an option out of its bounds. */
export function outboxLimits(options: OutboxOptions | undefined): OutboxLimits {
  const given = objectOption("outbox", options);
  return {
    policy: wordOption("outbox.policy", given.policy, ["queue", "drop-oldest", "reject"], "queue"),
    maxMessages: numberOption("outbox.maxMessages", given.maxMessages, 1_000, {
      min: 1,
    }),
    maxBytes: numberOption("outbox.maxBytes", given.maxBytes, 1_048_576, {
      min: 1,
    }),
    highWaterBytes: numberOption("outbox.highWaterBytes", given.highWaterBytes, 1_048_576, { min: 1 }),
  };
}

/** One message that waits. */
export interface Entry {
  readonly frame: Frame;
  readonly bytes: number;
  /** The attempt it was meant for; 0 for whichever is ready next. */
  readonly attempt: number;
  /** What it can be withdrawn by. */
  readonly tag: object | undefined;
}

/** Messages that wait for a socket: in order, bounded in count and bytes. */
export class Outbox {
  readonly #limits: OutboxLimits;
  #entries: Entry[] = [];
  #bytes = 0;
  /** The attempt of the entry that is being sent, until that attempt is lost. */
  #inHand: number | undefined;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** How many wait. */
  get size(): number {
    return this.#entries.length;
  }

  /** Keeps a frame for `attempt`, or for the next one if 0. Returns how many gave way, or −1 if it was refused. */
  add(frame: Frame, attempt: number, tag?: object): number {
    const { maxMessages, maxBytes, policy } = this.#limits;
    if (isLarger(frame, maxBytes)) return -1;
    const bytes = byteLength(frame);
    let dropped = 0;
    while (this.#entries.length >= maxMessages || this.#bytes + bytes > maxBytes) {
      if (policy !== "drop-oldest") return -1;
      this.#take();
      dropped++;
    }
    this.#entries.push({ frame, bytes, attempt, tag });
    this.#bytes += bytes;
    return dropped;
  }

  /**
   * Hands over what waits, in order, as long as `send` takes it. The rest stays, but for what was refused because
   * its attempt was lost meanwhile: that is dropped, and its number returned.
   */
  flush(send: (frame: Frame) => boolean): number {
    // Each is taken out before it is sent: sending may lead to the loss of the connection, and so back in here.
    for (let entry = this.#take(); entry !== undefined; entry = this.#take()) {
      this.#inHand = entry.attempt;
      if (send(entry.frame)) continue;
      if (this.#inHand === undefined) return 1;
      this.#entries.unshift(entry);
      this.#bytes += entry.bytes;
      return 0;
    }
    return 0;
  }

  /** Drops what was meant for an attempt that is gone; returns how many. */
  forget(attempt: number): number {
    if (this.#inHand === attempt) this.#inHand = undefined;
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.attempt !== attempt);
    this.#bytes = this.#entries.reduce((all, { bytes }) => all + bytes, 0);
    return before - this.#entries.length;
  }

  /** Takes out what waits for whichever connection is ready next, in order. */
  takeReplayable(): Entry[] {
    const taken = this.#entries.filter(({ attempt }) => attempt === 0);
    this.#entries = this.#entries.filter(({ attempt }) => attempt !== 0);
    this.#bytes = this.#entries.reduce((all, { bytes }) => all + bytes, 0);
    return taken;
  }

  /** Takes back what was added with this tag. */
  withdraw(tag: object): void {
    const index = this.#entries.findIndex((entry) => entry.tag === tag);
    if (index !== -1) this.#bytes -= this.#entries.splice(index, 1)[0]?.bytes ?? 0;
  }

  /** Drops everything; returns how many. */
  clear(): number {
    const count = this.#entries.length;
    this.#entries = [];
    this.#bytes = 0;
    return count;
  }

  #take(): Entry | undefined {
    const entry = this.#entries.shift();
    this.#bytes -= entry?.bytes ?? 0;
    return entry;
  }
}
