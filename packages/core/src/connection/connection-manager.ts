import { Deferred } from "../deferred.ts";
import { Emitter, type EventSource, type Listener } from "../emitter.ts";
import { clip, HoldfastError } from "../errors.ts";
import type { EventStream, StreamOptions } from "../event-stream.ts";
import { functionOption, numberOption, signalOption } from "../options.ts";
import type { MessagesOf } from "../protocol/protocol.ts";
import { reportUnheard } from "../report-unheard.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { ConnectionEvents } from "./connection-events.ts";
import { Exchange, type ExchangeHooks, type ExchangeOptions, type RequestOptions } from "./exchange.ts";
import type { Phase } from "./lifecycle.ts";
import { type AttemptInfo, Link } from "./link.ts";
import type { SendOptions, SendOutcome } from "./sender.ts";
import { type LinkSettings, linkSettings } from "./settings.ts";

/** The events of a connection, each with the key of the connection it is about. */
export type ManagerEvents<Key> = {
  [Name in Exclude<keyof ConnectionEvents, "error">]: ConnectionEvents[Name] & { readonly key: Key };
} & {
  /** A listener failed, or a stream overflowed. */
  error: HoldfastError;
};

/** The messages of a protocol, each with the key of the connection it came on. */
export type KeyedMessages<Key, Server extends MessagesOf<Server>> = {
  [Type in keyof Server]: { readonly key: Key; readonly message: Server[Type] };
};

/** What `createConnectionManager` takes. */
export interface ConnectionManagerOptions<
  Key,
  Client extends MessagesOf<Client>,
  Server extends MessagesOf<Server>,
> extends ExchangeOptions<Client, Server> {
  /** Where to dial for a key; asked at each attempt, so that it may hold a fresh token. */
  url: (key: Key, info: AttemptInfo) => string | URL | Promise<string | URL>;
  /** Its abort closes the manager. */
  signal?: AbortSignal;
}

/** One row of a manager's snapshot. */
export interface ConnectionRow<Key> {
  readonly key: Key;
  readonly phase: Phase;
  /** Times it was ready, dials made, and attempts since one last proved itself. */
  readonly connects: number;
  readonly attempts: number;
  readonly failures: number;
  /** Frames received. */
  readonly received: number;
  /** Why the latest attempt ended. */
  readonly cause?: CloseCause;
}

/** Figures of a manager. */
export interface ManagerStats {
  /** Connections by where they stand. */
  readonly phases: Readonly<Record<Phase, number>>;
  /** Connections that wait at the gate, and dials under way, over the whole `dialling`. */
  readonly waiting: number;
  readonly dialing: number;
  /** Timers armed, over the whole `dialling`. */
  readonly timers: number;
  /** Frames that were no message, messages of unknown types, and messages that waited and were dropped. */
  readonly invalid: number;
  readonly unknown: number;
  readonly dropped: number;
  /** Frames of abandoned attempts, and sockets of theirs that have not ended yet; over the whole `dialling`. */
  readonly lateFrames: number;
  readonly abandoned: number;
}

/** Many keyed connections that stay up, over one factory, one gate and one scheduler. */
export interface ConnectionManager<Key, Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  extends EventSource<ManagerEvents<Key>>,
    AsyncDisposable {
  /** The protocol's messages as they arrive, each with its connection's key. */
  readonly messages: EventSource<KeyedMessages<Key, Server>>;
  /** How many connections there are. */
  readonly size: number;
  /** Opens a connection for this key and keeps it up; one that is there already is left as it is. Returns whether it is new. */
  add(key: Key, options?: { priority?: number }): boolean;
  /** Closes the connection of this key and forgets it; resolves when its socket is gone. */
  remove(key: Key, code?: number, reason?: string): Promise<void>;
  /** Whether there is a connection for this key. */
  has(key: Key): boolean;
  /** Where the connection of this key stands. */
  phase(key: Key): Phase | undefined;
  /** Tries again at once if the connection waits for its backoff; the gate still paces it. */
  retry(key: Key): void;
  /** Drops what is there and dials anew. */
  reconnect(key: Key): void;
  /** Sends a message. `rejected` for a key that is not there. @throws {HoldfastError} `bad-message` */
  send<Type extends keyof Client & string>(
    key: Key,
    type: Type,
    message: Client[Type],
    options?: SendOptions,
  ): SendOutcome;
  /**
   * Sends a message and resolves with the reply whose key matches.
   * @throws {HoldfastError} `timeout`, `aborted`, `connection-lost`, `closed`, `not-sent` or `bad-message`.
   */
  request<Type extends keyof Client & string, Reply extends keyof Server>(
    key: Key,
    type: Type,
    message: Client[Type],
    options: RequestOptions,
  ): Promise<Server[Reply]>;
  /** One row for each connection, in the order of adding. */
  snapshot(): ConnectionRow<Key>[];
  /** Figures over all connections. */
  stats(): ManagerStats;
  /** Closes every connection; resolves when none is left, at the latest after `closeTimeoutMs`. */
  close(code?: number, reason?: string): Promise<void>;
}

/**
 * Many keyed connections that stay up: one gate paces their dials, one scheduler holds their timers, and their
 * heartbeats are spread over the interval.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { createConnectionManager, webSocket } from "@holdfast/core";
 * import { teamProtocol } from "@holdfast/core/rtm";
 *
 * const manager = createConnectionManager({
 *   protocol: teamProtocol,
 *   socket: webSocket(),
 *   url: (team: number) => `ws://localhost:8080/team/${team}`,
 *   readyOn: "hello",
 *   dials: { rate: 50, concurrency: 20 },
 * });
 * manager.messages.on("message", ({ key, message }) => console.log(key, message.text));
 * ```
 */
export function createConnectionManager<
  Key,
  Client extends MessagesOf<Client>,
  Server extends MessagesOf<Server>,
>(options: ConnectionManagerOptions<Key, Client, Server>): ConnectionManager<Key, Client, Server> {
  return new KeyedConnections(options);
}

class KeyedConnections<Key, Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  implements ConnectionManager<Key, Client, Server>
{
  readonly messages: Emitter<KeyedMessages<Key, Server>>;
  readonly #events: Emitter<ManagerEvents<Key>>;
  readonly #settings: LinkSettings;
  readonly #exchange: Exchange<Client, Server>;
  readonly #links = new Map<Key, Link>();
  /** Links on their way out, with what waits for their end. */
  readonly #leaving = new Map<Link, Deferred<void>>();
  #ended = false;

  constructor(options: ConnectionManagerOptions<Key, Client, Server>) {
    const url = functionOption("url", options.url);
    const signal = signalOption("signal", options.signal);
    this.#settings = linkSettings(options);
    const report = (error: HoldfastError): void => this.#report(error);
    this.#events = new Emitter(report);
    this.messages = new Emitter(report);
    this.#exchange = new Exchange(options, this.#settings, this.#hooks(url));
    if (signal?.aborted) this.#ended = true;
    else signal?.addEventListener("abort", () => void this.close(1000, "aborted"), { once: true });
  }

  get size(): number {
    return this.#links.size;
  }

  on<Name extends keyof ManagerEvents<Key>>(
    name: Name,
    listener: Listener<ManagerEvents<Key>[Name]>,
  ): () => void {
    return this.#events.on(name, listener);
  }

  once<Name extends keyof ManagerEvents<Key>>(
    name: Name,
    options?: { signal?: AbortSignal },
  ): Promise<ManagerEvents<Key>[Name]> {
    return this.#events.once(name, options);
  }

  events<Name extends keyof ManagerEvents<Key>>(
    name: Name,
    options?: StreamOptions,
  ): EventStream<ManagerEvents<Key>[Name]> {
    return this.#events.events(name, options);
  }

  add(key: Key, options: { priority?: number } = {}): boolean {
    if (this.#ended)
      throw new HoldfastError("closed", `Connection ${clip(key, 80)} was not added: the manager is closed`);
    if (this.#links.has(key)) return false;
    const priority = numberOption("priority", options.priority, 0, { min: -1_000_000, max: 1_000_000 });
    const link = new Link(this.#settings, this.#exchange, key, priority);
    this.#links.set(key, link);
    link.connect();
    return true;
  }

  remove(key: Key, code = 1000, reason = ""): Promise<void> {
    const link = this.#links.get(key);
    if (link === undefined) return Promise.resolve();
    this.#links.delete(key);
    return this.#closeLink(link, code, reason);
  }

  has(key: Key): boolean {
    return this.#links.has(key);
  }

  phase(key: Key): Phase | undefined {
    return this.#links.get(key)?.phase;
  }

  retry(key: Key): void {
    this.#links.get(key)?.dispatch({ type: "retry" });
  }

  reconnect(key: Key): void {
    this.#links.get(key)?.dispatch({ type: "reconnect" });
  }

  send(key: Key, type: string, message: object, options?: SendOptions): SendOutcome {
    const link = this.#links.get(key);
    return link === undefined ? "rejected" : this.#exchange.send(link, type, message, options);
  }

  async request<Reply>(key: Key, type: string, message: object, options: RequestOptions): Promise<Reply> {
    const link = this.#links.get(key);
    if (link === undefined)
      throw new HoldfastError("not-sent", `Request ${type} was not sent: no ${clip(key, 80)}`);
    return this.#exchange.request<Reply>(link, type, message, options);
  }

  snapshot(): ConnectionRow<Key>[] {
    return Array.from(this.#links, ([key, link]) => ({
      key,
      phase: link.phase,
      connects: link.connects,
      attempts: link.lifecycle.attempt,
      failures: link.lifecycle.failures,
      received: link.received,
      ...(link.cause && { cause: link.cause }),
    }));
  }

  stats(): ManagerStats {
    const phases: Record<Phase, number> = {
      ...{ idle: 0, queued: 0, dialing: 0, opening: 0, ready: 0, waiting: 0, closing: 0, closed: 0 },
    };
    for (const link of this.#links.values()) phases[link.phase]++;
    phases.closing += this.#leaving.size;
    const { gate, scheduler, leftovers } = this.#settings;
    const { invalid, unknown, dropped } = this.#exchange;
    const { waiting, dialing } = gate;
    return { phases, waiting, dialing, timers: scheduler.size, invalid, unknown, dropped, ...leftovers };
  }

  async close(code = 1000, reason = ""): Promise<void> {
    this.#ended = true;
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of links) void this.#closeLink(link, code, reason);
    await Promise.all(Array.from(this.#leaving.values(), ({ promise }) => promise));
    this.#events.close();
    this.messages.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #closeLink(link: Link, code: number, reason: string): Promise<void> {
    if (link.phase === "closed") return Promise.resolve();
    const leaving = new Deferred<void>();
    this.#leaving.set(link, leaving);
    link.dispatch({ type: "close", code, reason });
    return leaving.promise;
  }

  #hooks(url: ConnectionManagerOptions<Key, Client, Server>["url"]): ExchangeHooks {
    const events = this.#events;
    const keyOf = (link: Link): Key => link.key as Key;
    return {
      address: (link, info) => url(keyOf(link), info),
      ready: (link) => events.emit("connected", { key: keyOf(link), connects: link.connects }),
      down: (link, cause, retryInMs, wasReady) =>
        events.emit("disconnected", { key: keyOf(link), cause, retryInMs, wasReady }),
      closed: (link, cause) => {
        this.#leaving.get(link)?.resolve();
        this.#leaving.delete(link);
        events.emit("closed", { key: keyOf(link), cause });
      },
      message: (link, type, message) => {
        if (this.messages.has(type as keyof Server))
          this.#deliver(keyOf(link), type as keyof Server, message);
      },
      invalid: (link, invalid) => events.emit("invalid", { key: keyOf(link), ...invalid }),
      unknown: (link, type, message) => events.emit("unknown", { key: keyOf(link), type, message }),
      dropped: (link, count, why) => events.emit("dropped", { key: keyOf(link), count, why }),
      error: (_link, error) => this.#report(error),
    };
  }

  #deliver(key: Key, type: keyof Server, message: object): void {
    this.messages.emit(type, { key, message: message as Server[keyof Server] });
  }

  #report(error: HoldfastError): void {
    if (this.#events.has("error")) this.#events.emit("error", error);
    else reportUnheard("Connection manager", error);
  }
}
