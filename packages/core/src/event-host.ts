import { Emitter, type EventSource, type Listener } from "./emitter.ts";
import type { HoldfastError } from "./errors.ts";
import type { EventStream, StreamOptions } from "./event-stream.ts";
import { reportUnheard } from "./report-unheard.ts";

/** What has events of its own to tell: the subscribing half for all, the telling half for its class. */
export class EventHost<Events extends { error: HoldfastError }> implements EventSource<Events> {
  protected readonly emitter: Emitter<Events>;
  readonly #name: string;

  /** @param name What the console calls it when an error goes unheard. */
  constructor(name: string) {
    this.#name = name;
    this.emitter = new Emitter((error) => this.report(error));
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    return this.emitter.on(name, listener);
  }

  once<Name extends keyof Events>(name: Name, options?: { signal?: AbortSignal }): Promise<Events[Name]> {
    return this.emitter.once(name, options);
  }

  events<Name extends keyof Events>(name: Name, options?: StreamOptions): EventStream<Events[Name]> {
    return this.emitter.events(name, options);
  }

  /** Tells `error`, or the console when nobody listens. */
  protected report(error: HoldfastError): void {
    if (this.emitter.has("error")) this.emitter.emit("error", error);
    else reportUnheard(this.#name, error);
  }
}
