import * as mittModule from "mitt";
import { isThenable } from "./deferred.ts";
import { abortError, clip, HoldfastError, messageOf } from "./errors.ts";
import { type EventStream, eventStream, type StreamOptions } from "./event-stream.ts";
import { signalOption } from "./options.ts";
import { reportUnheard } from "./report-unheard.ts";

/** The part of mitt this room uses. mitt 3's own types do not resolve under `nodenext` and Deno. */
interface Mitt {
  all: Map<PropertyKey, unknown[]>;
  on(name: PropertyKey, handler: (payload: never) => void): void;
  off(name: PropertyKey, handler: (payload: never) => void): void;
  emit(name: PropertyKey, payload: unknown): void;
}
const mitt = (mittModule as unknown as { default: () => Mitt }).default;

/** Called with an event's payload. What it returns is not used, but a promise that rejects is reported. */
export type Listener<Payload> = (payload: Payload) => unknown;

/** What a subscriber sees of a typed emitter: `Events` maps each event's name to its payload. */
export interface EventSource<Events extends object> {
  /** Calls `listener` at each event of this name until the returned remover is called. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void;
  /**
   * Resolves with the next event of this name.
   * @throws {HoldfastError} `aborted` when the signal aborts, `closed` when the source ends first.
   */
  once<Name extends keyof Events>(name: Name, options?: { signal?: AbortSignal }): Promise<Events[Name]>;
  /**
   * Every event of this name from now on, for `for await`. The buffer is bounded; what it drops is counted
   * and reported once per overflow as an `overflow` error. Ends when the source closes or the signal aborts.
   */
  events<Name extends keyof Events>(name: Name, options?: StreamOptions): EventStream<Events[Name]>;
}

/** Where an emitter reports what went wrong in a listener or in a stream. */
export type ErrorReport = (error: HoldfastError) => void;

/**
 * A typed emitter over mitt whose listeners can do no harm: one that throws or rejects is reported once, and
 * the others are called all the same. A listener removed while an event is being told may still get that one.
 *
 * @example
 * ```ts
 * import { Emitter } from "@holdfast/core";
 *
 * const emitter = new Emitter<{ greeting: { text: string } }>((error) => console.error(error.message));
 * const off = emitter.on("greeting", ({ text }) => console.log(text));
 * emitter.emit("greeting", { text: "hello" });
 * off();
 * ```
 */
export class Emitter<Events extends object> implements EventSource<Events> {
  readonly #mitt: Mitt = mitt();
  readonly #report: ErrorReport;
  readonly #endings = new Set<() => void>();
  #closed = false;

  /**
   * An emitter without listeners.
   *
   * @param report Where a failing listener or an overflowing stream is reported.
   */
  constructor(report: ErrorReport) {
    this.#report = report;
  }

  /** Whether anybody listens to this event: without listeners its payload need not be built. */
  has(name: keyof Events): boolean {
    return (this.#mitt.all.get(name)?.length ?? 0) > 0;
  }

  /** Calls every listener of this event, each on its own. Never throws. */
  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    const listeners = this.#mitt.all.get(name) as Array<(payload: Events[Name]) => void> | undefined;
    // One listener needs no copy of the list, which mitt makes so that none is skipped; "*" is told by mitt.
    const only = listeners?.length === 1 && !this.#mitt.all.has("*") ? listeners[0] : undefined;
    if (only !== undefined) only(payload);
    else this.#mitt.emit(name, payload);
  }

  /** Calls `listener` at each event of this name until the returned remover is called. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    if (typeof listener !== "function") {
      throw new TypeError(`Listener of ${String(name)} must be a function: got ${clip(listener)}`);
    }
    // mitt calls its list as it is: isolation is this wrapper, which is also what makes each `on` its own.
    const isolated = (payload: Events[Name]): void => {
      try {
        const result = listener(payload);
        if (isThenable(result)) result.then(undefined, (error) => this.#fail(name, error));
      } catch (error) {
        this.#fail(name, error);
      }
    };
    this.#mitt.on(name, isolated);
    return () => this.#mitt.off(name, isolated);
  }

  /** Resolves with the next event of this name. */
  once<Name extends keyof Events>(name: Name, options: { signal?: AbortSignal } = {}): Promise<Events[Name]> {
    return new Promise((resolve, reject) => {
      const signal = signalOption("signal", options.signal);
      const action = `Waiting for ${String(name)}`;
      if (signal?.aborted) return reject(abortError(action, signal));
      if (this.#closed) return reject(new HoldfastError("closed", `${action}: the source is closed`));
      const finish = (settle: () => void): void => {
        off();
        this.#endings.delete(ending);
        signal?.removeEventListener("abort", abort);
        settle();
      };
      const off = this.on(name, (payload) => finish(() => resolve(payload)));
      const ending = (): void =>
        finish(() => reject(new HoldfastError("closed", `${action}: the source closed first`)));
      const abort = (): void => finish(() => reject(abortError(action, signal as AbortSignal)));
      this.#endings.add(ending);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Every event of this name from now on, for `for await`. */
  events<Name extends keyof Events>(name: Name, options: StreamOptions = {}): EventStream<Events[Name]> {
    return eventStream<Events[Name]>(options, {
      name: String(name),
      subscribe: (push) => this.on(name, push),
      onEnd: (end) => {
        if (this.#closed) end();
        else this.#endings.add(end);
        return () => this.#endings.delete(end);
      },
      report: this.#report,
    });
  }

  /** Ends every stream and pending `once`. Listeners stay until they are removed. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#endings]) end();
    this.#endings.clear();
  }

  /** Takes new streams and waits again after {@linkcode Emitter.close}. */
  reopen(): void {
    this.#closed = false;
  }

  #fail(name: keyof Events, cause: unknown): void {
    const text = `Listener of ${String(name)} failed: ${messageOf(cause)}`;
    const error = new HoldfastError("listener-failed", text, { cause });
    // A failing listener of `error` told of its own failure would fail again, for ever.
    if (name === "error") return reportUnheard("Holdfast", error);
    try {
      this.#report(error);
    } catch {
      reportUnheard("Holdfast", error);
    }
  }
}
