import type { ChannelEvent } from "@holdfast/core/channels";

/** So many events wait for somebody to acknowledge them; servers wait no longer than seconds. */
const MAX_WAITING = 1_000;

/** What a line of stdin came to. */
export type AckAnswer = { readonly eventId: string; readonly sent: boolean } | { readonly problem: string };

/** Events that wait for somebody at the keyboard to acknowledge them, the oldest first. */
export class WaitingAcks {
  readonly #events = new Map<string, ChannelEvent<unknown>>();

  get size(): number {
    return this.#events.size;
  }

  /** An event waits from now on; returns the id of the oldest where there is no room for both. */
  add(event: ChannelEvent<unknown>): string | undefined {
    if (!event.requiresAck || event.eventId === undefined) return undefined;
    this.#events.set(event.eventId, event);
    if (this.#events.size <= MAX_WAITING) return undefined;
    const [oldest] = this.#events.keys();
    if (oldest !== undefined) this.#events.delete(oldest);
    return oldest;
  }

  /** Acknowledges: an empty line the oldest, an event's id, or the end of it, that one. */
  answer(line: string): AckAnswer {
    const wanted = line.trim();
    const found = wanted === "" ? [...this.#events.keys()].slice(0, 1) : this.#named(wanted);
    const [eventId] = found;
    if (eventId === undefined) {
      return {
        problem:
          wanted === ""
            ? "no event waits for acknowledgement"
            : `no event ${wanted} waits for acknowledgement`,
      };
    }
    if (found.length > 1) return { problem: `${found.length} events end in ${wanted}: give more of the id` };
    const sent = this.#events.get(eventId)?.ack() === true;
    this.#events.delete(eventId);
    return { eventId, sent };
  }

  /** The connection that brought them is gone; returns how many waited. */
  clear(): number {
    const { size } = this.#events;
    this.#events.clear();
    return size;
  }

  #named(wanted: string): string[] {
    if (this.#events.has(wanted)) return [wanted];
    return [...this.#events.keys()].filter((id) => id.endsWith(wanted));
  }
}
