import { Deferred } from "../deferred.ts";
import { Emitter, type EventSource } from "../emitter.ts";
import { clip, HoldfastError } from "../errors.ts";
import { EventHost } from "../event-host.ts";
import { functionOption, numberOption, signalOption } from "../options.ts";
import type { MessagesOf } from "../protocol/protocol.ts";
import type { ConnectionManagerOptions } from "./connection-manager-options.ts";
import { Exchange, type ExchangeHooks, type RequestOptions } from "./exchange.ts";
import type { Phase } from "./lifecycle.ts";
import { Link } from "./link.ts";
import {
  type ConnectionRow,
  type KeyedMessages,
  type ManagerEvents,
  type ManagerStats,
  NO_PHASES,
} from "./manager-events.ts";
import type { SendOptions, SendOutcome } from "./sender.ts";
import { type LinkSettings, linkSettings } from "./settings.ts";

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
  /**
   * Make before break for one connection; see `Connection.handover`. Resolves at once for a key that is not there.
   * @throws {HoldfastError} `connection-lost` or `closed`.
   */
  handover(key: Key): Promise<void>;
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

const DONE: Promise<void> = Promise.resolve();

/** Takes every message itself, past the listeners: for a protocol's room, which reads them all. Must not throw. */
export type MessageReader<Key> = (key: Key, type: string, message: object) => void;

/** A manager whose messages go to one reader. @throws {TypeError | RangeError} as `createConnectionManager` does. */
export function readConnections<Key, Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>(
  options: ConnectionManagerOptions<Key, Client, Server>,
  read: MessageReader<Key>,
): ConnectionManager<Key, Client, Server> {
  return new KeyedConnections(options, read);
}

class KeyedConnections<Key, Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  extends EventHost<ManagerEvents<Key>>
  implements ConnectionManager<Key, Client, Server>
{
  readonly messages: Emitter<KeyedMessages<Key, Server>>;
  readonly #settings: LinkSettings;
  readonly #exchange: Exchange<Client, Server>;
  readonly #links = new Map<Key, Link>();
  /** Links on their way out. A key that is added again meanwhile waits: there is never a second socket for it. */
  readonly #leaving = new Map<Key, { readonly link: Link; readonly gone: Deferred<void> }>();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.close(1000, "aborted");
  #offOnline: (() => void) | undefined;
  #ended = false;

  constructor(options: ConnectionManagerOptions<Key, Client, Server>, read?: MessageReader<Key>) {
    super("Connection manager");
    const url = functionOption("url", options.url);
    this.#signal = signalOption("signal", options.signal);
    this.#settings = linkSettings(options);
    this.messages = new Emitter((error) => this.report(error));
    this.#exchange = new Exchange(options, this.#settings, this.#hooks(url, read));
    if (this.#signal?.aborted) this.#ended = true;
    else this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get size(): number {
    return this.#links.size;
  }

  add(key: Key, options: { priority?: number } = {}): boolean {
    if (this.#ended)
      throw new HoldfastError("closed", `Connection ${clip(key, 80)} was not added: the manager is closed`);
    if (this.#links.has(key)) return false;
    const priority = numberOption("priority", options.priority, 0, {
      min: -1_000_000,
      max: 1_000_000,
    });
    const link = new Link(this.#settings, this.#exchange, key, priority);
    this.#links.set(key, link);
    this.#offOnline ??= this.#settings.online(() => this.#retryAll());
    const before = this.#leaving.get(key);
    if (before === undefined) link.connect();
    else void before.gone.promise.then(() => this.#links.get(key) === link && link.connect());
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
    const link = this.#links.get(key);
    if (link !== undefined) this.#exchange.retry(link);
  }

  reconnect(key: Key): void {
    const link = this.#links.get(key);
    if (link !== undefined) this.#exchange.reconnect(link);
  }

  handover(key: Key): Promise<void> {
    const link = this.#links.get(key);
    return link === undefined ? DONE : this.#exchange.handovers.begin(link);
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
      received: this.#exchange.handovers.figuresOf(link).received,
      ...(link.cause && { cause: link.cause }),
    }));
  }

  stats(): ManagerStats {
    const phases: Record<Phase, number> = { ...NO_PHASES };
    for (const link of this.#links.values()) phases[link.phase]++;
    phases.closing += this.#leaving.size;
    const { gate, scheduler, leftovers } = this.#settings;
    const { invalid, unknown, duplicates, dropped } = this.#exchange;
    const { waiting, dialing } = gate;
    const timers = scheduler.size;
    return { ...{ phases, waiting, dialing, timers, invalid, unknown, duplicates, dropped }, ...leftovers };
  }

  async close(code = 1000, reason = ""): Promise<void> {
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#offOnline?.();
    this.#offOnline = undefined;
    const links = [...this.#links.values()];
    this.#links.clear();
    for (const link of links) void this.#closeLink(link, code, reason);
    await Promise.all(Array.from(this.#leaving.values(), ({ gone }) => gone.promise));
    this.emitter.close();
    this.messages.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The network is back. */
  #retryAll(): void {
    for (const link of this.#links.values()) this.#exchange.retry(link);
  }

  #closeLink(link: Link, code: number, reason: string): Promise<void> {
    const key = link.key as Key;
    if (link.phase === "closed") return DONE;
    if (link.phase === "idle") {
      // It still waits for the end of the one before it, whose place in `leaving` it must not take.
      link.dispatch({ type: "close", code, reason });
      return this.#leaving.get(key)?.gone.promise ?? DONE;
    }
    const gone = new Deferred<void>();
    this.#leaving.set(key, { link, gone });
    this.#exchange.close(link, code, reason);
    return gone.promise;
  }

  #hooks(
    url: ConnectionManagerOptions<Key, Client, Server>["url"],
    read: MessageReader<Key> = (key, type, message) => this.#tell(key, type as keyof Server, message),
  ): ExchangeHooks {
    const events = this.emitter;
    const keyOf = (link: Link): Key => link.key as Key;
    return {
      address: (link, info) => url(keyOf(link), info),
      ready: (link) => events.emit("connected", { key: keyOf(link), connects: link.connects }),
      replaced: (previous, next) => {
        if (this.#links.get(keyOf(next)) === previous) this.#links.set(keyOf(next), next);
      },
      down: (link, cause, retryInMs, wasReady) =>
        events.emit("disconnected", { key: keyOf(link), cause, retryInMs, wasReady }),
      closed: (link, cause) => {
        const leaving = this.#leaving.get(keyOf(link));
        if (leaving?.link === link) {
          this.#leaving.delete(keyOf(link));
          leaving.gone.resolve();
        }
        events.emit("closed", { key: keyOf(link), cause });
      },
      message: (link, type, message) => read(keyOf(link), type, message),
      invalid: (link, invalid) => events.emit("invalid", { key: keyOf(link), ...invalid }),
      unknown: (link, type, message) => events.emit("unknown", { key: keyOf(link), type, message }),
      dropped: (link, count, why) => events.emit("dropped", { key: keyOf(link), count, why }),
      error: (_link, error) => this.report(error),
    };
  }

  #tell(key: Key, type: keyof Server, message: object): void {
    if (this.messages.has(type)) this.messages.emit(type, { key, message: message as Server[keyof Server] });
  }
}
