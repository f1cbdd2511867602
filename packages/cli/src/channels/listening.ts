import type { CloseCause } from "@holdfast/core";
import type { ChannelClient, ChannelEvent } from "@holdfast/core/channels";
import { plural } from "../output/units.ts";
import { HAPPENINGS, type Happening, type ListenView } from "./listen-view.ts";
import { WaitingAcks } from "./waiting-acks.ts";

/** How long it listens, and who acknowledges. */
export interface ListeningOptions {
  readonly ack: "auto" | "manual";
  /** It ends after so many events. */
  readonly count: number | undefined;
}

/**
 * Shows what a client is told, and acknowledges what was shown: what is left out, or comes after the last event that
 * was asked for, is not acknowledged. The client must leave acknowledging to it.
 */
export class Listening {
  readonly #client: ChannelClient<unknown>;
  readonly #view: ListenView;
  readonly #options: ListeningOptions;
  readonly #waiting = new WaitingAcks();
  #events = 0;
  #everConnected = false;
  #lastLoss: CloseCause | undefined;
  /** Whether nobody is there to acknowledge. */
  #deaf = false;
  /** The last event that was shown, once there are others that were not. */
  #since: string | undefined;
  #shown: string | undefined;

  constructor(client: ChannelClient<unknown>, view: ListenView, options: ListeningOptions) {
    this.#client = client;
    this.#view = view;
    this.#options = options;
    client.on("connected", () => {
      this.#everConnected = true;
    });
    for (const name of HAPPENINGS) this.#show(name);
    client.on("event", (event) => this.#event(event));
    client.on("disconnected", ({ cause }) => this.#gone(cause));
  }

  /** Whether it was connected at least once. */
  get everConnected(): boolean {
    return this.#everConnected;
  }

  /** Why the latest connection was lost, or did not come to be. */
  get lastLoss(): CloseCause | undefined {
    return this.#lastLoss;
  }

  /** How many events came. */
  get events(): number {
    return this.#events;
  }

  /** How many events were asked for. */
  get count(): number | undefined {
    return this.#options.count;
  }

  /** Whether as many events came as were asked for. */
  get complete(): boolean {
    return this.#options.count === undefined || this.#events >= this.#options.count;
  }

  /** A line of stdin, where somebody acknowledges by hand. */
  answer(line: string): void {
    const answer = this.#waiting.answer(line);
    if ("problem" in answer) this.#view.notice(answer.problem);
    else this.#view.acked(answer.eventId, answer.sent);
    this.#endIfDone();
  }

  /** No line will come any more. */
  noMoreAnswers(): void {
    this.#deaf = true;
    this.#view.notice("stdin has ended: nothing is acknowledged any more");
    this.#endIfDone();
  }

  /** Shows the end. */
  end(cause: CloseCause): void {
    const { since, stats } = { since: this.#since ?? this.#client.since, stats: this.#client.stats() };
    this.#view.end({ cause, since, totals: stats });
  }

  #show<Name extends Happening>(name: Name): void {
    this.#client.on(name, (told) => this.#view.happened(name, told));
  }

  #event(event: ChannelEvent<unknown>): void {
    if (this.#options.count !== undefined && this.complete) {
      this.#since ??= this.#shown;
      return;
    }
    const written = this.#view.event(event);
    this.#events++;
    this.#shown = event.eventId ?? this.#shown;
    if (written) this.#acknowledge(event);
    this.#endIfDone();
  }

  #acknowledge(event: ChannelEvent<unknown>): void {
    if (this.#options.ack === "auto") {
      if (event.requiresAck && event.eventId !== undefined && !event.ack())
        this.#view.acked(event.eventId, false);
      return;
    }
    const given = this.#deaf ? undefined : this.#waiting.add(event);
    if (given !== undefined)
      this.#view.notice(`too many events wait: ${given} cannot be acknowledged any more`);
  }

  #gone(cause: CloseCause): void {
    this.#lastLoss = cause;
    const waited = this.#waiting.clear();
    if (waited > 0)
      this.#view.notice(`${plural(waited, "event")} that waited cannot be acknowledged any more`);
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#options.count === undefined || !this.complete) return;
    if (this.#waiting.size === 0 || this.#deaf) void this.#client.close();
  }
}
