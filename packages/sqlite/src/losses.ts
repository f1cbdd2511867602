import type { EventRow } from "./history.ts";

/** For how many topics it is remembered which event was lost. */
const MAX_TOPICS = 10_000;

/** What is known of a lost event. */
export type Loss = Pick<EventRow, "topic" | "id" | "time">;

/** Events that could not be kept, until that is written down: the newest of each topic. */
export class Losses {
  readonly #newest: Map<string, Loss> = new Map();
  /** Above every id: so much was lost that nothing counts as complete until the process ends. */
  #everything = false;

  add({ topic, id, time }: EventRow): void {
    const known = this.#newest.get(topic);
    if (known !== undefined && known.id >= id) return;
    if (known === undefined && this.#newest.size >= MAX_TOPICS) this.#everything = true;
    else this.#newest.set(topic, { topic, id, time });
  }

  /** Up to which id a topic is not complete. */
  of(topic: string): string | undefined {
    return this.#everything ? "\uffff" : this.#newest.get(topic)?.id;
  }

  /** All that is not written down. */
  all(): readonly Loss[] {
    return [...this.#newest.values()];
  }

  /** Forgets what was written down, unless more was lost meanwhile. */
  written(losses: readonly Loss[]): void {
    for (const loss of losses) if (this.#newest.get(loss.topic) === loss) this.#newest.delete(loss.topic);
  }
}
