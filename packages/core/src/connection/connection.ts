import { Deferred } from "../deferred.ts";
import { Emitter, type EventSource } from "../emitter.ts";
import { abortError, HoldfastError } from "../errors.ts";
import { EventHost } from "../event-host.ts";
import { numberOption, signalOption } from "../options.ts";
import type { MessagesOf } from "../protocol/protocol.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import { type AddressSource, addressSource } from "./address-source.ts";
import type { ConnectionEvents, ConnectionStats } from "./connection-events.ts";
import { Exchange, type ExchangeHooks, type ExchangeOptions, type RequestOptions } from "./exchange.ts";
import type { Phase } from "./lifecycle.ts";
import { Link } from "./link.ts";
import type { SendOptions, SendOutcome } from "./sender.ts";
import { type LinkSettings, linkSettings } from "./settings.ts";
import { Wire } from "./wire.ts";

/** What `createConnection` takes. */
export interface ConnectionOptions<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  extends ExchangeOptions<Client, Server> {
  /** Where to dial. */
  url: AddressSource;
  /** Its abort closes the connection. */
  signal?: AbortSignal;
  /** Higher goes first at the gate. @default 0 */
  priority?: number;
}

/** One connection that stays up. */
export interface Connection<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  extends EventSource<ConnectionEvents>,
    AsyncDisposable {
  /** The protocol's messages as they arrive. */
  readonly messages: EventSource<Server>;
  /** Where it stands. */
  readonly phase: Phase;
  /** Resolves when the connection has ended for good, with the cause; never rejects. */
  readonly closed: Promise<CloseCause>;
  /**
   * Begins to connect and resolves when it is ready. Calling it again while it connects gives the same promise;
   * after an end it begins a new life.
   * @throws {HoldfastError} `closed` when the connection ended for good first, with the cause.
   */
  connect(): Promise<void>;
  /**
   * Sends a message, or keeps it as the outbox's policy says.
   * @throws {HoldfastError} `bad-message` when it does not fit its schema.
   */
  send<Type extends keyof Client & string>(
    type: Type,
    message: Client[Type],
    options?: SendOptions,
  ): SendOutcome;
  /**
   * Sends a message and resolves with the reply whose key matches.
   * @throws {HoldfastError} `timeout`, `aborted`, `connection-lost`, `closed`, `not-sent` or `bad-message`.
   */
  request<Type extends keyof Client & string, Reply extends keyof Server>(
    type: Type,
    message: Client[Type],
    options: RequestOptions,
  ): Promise<Server[Reply]>;
  /** Drops what is there and dials anew at once; while an attempt is under way it does nothing. */
  reconnect(): void;
  /**
   * Make before break, for a server that announces its end: opens a second socket beside the current one, which goes
   * on until the new one is ready and then retires; nothing that either brings is lost. `connected` is told again.
   * While a connection has not proved itself, the second dial waits like any other. The old socket is given
   * `closeTimeoutMs` for what it still has to send and for replies that are awaited on it. Without a ready socket there
   * is nothing to hand over, and it resolves at once.
   * @throws {HoldfastError} `connection-lost` when the current socket ended first, `closed` when the new one was
   * refused for good, or the connection was closed or told to reconnect.
   */
  handover(): Promise<void>;
  /** Ends it for good: a close frame, and after `closeTimeoutMs` the end of the socket. */
  close(code?: number, reason?: string): Promise<CloseCause>;
  /** Figures since it was made. */
  stats(): ConnectionStats;
}

/**
 * A connection that stays up: it connects, proves itself, finds out when the peer goes mute, and reconnects
 * with backoff until it is closed.
 *
 * @throws {TypeError | RangeError} for a bad option, naming it and its value.
 * @example
 * ```ts
 * import { createConnection, webSocket } from "@holdfast/core";
 * import { globalProtocol } from "@holdfast/core/rtm";
 *
 * const connection = createConnection({
 *   protocol: globalProtocol,
 *   socket: webSocket(),
 *   url: "ws://localhost:8080/global",
 *   readyOn: "hello",
 * });
 * connection.messages.on("team.join", ({ team_id }) => console.log("joined", team_id));
 * connection.on("disconnected", ({ cause, retryInMs }) => console.log(cause.message, retryInMs));
 * ```
 */
export function createConnection<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>(
  options: ConnectionOptions<Client, Server>,
): Connection<Client, Server> {
  return new SingleConnection(options);
}

/** A connection for a protocol's room, which also writes frames of its own. */
export interface WiredConnection<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  extends Connection<Client, Server> {
  /** What is open now; `undefined` while there is none. */
  readonly wire: Wire | undefined;
}

/** A connection that shows its wire. @throws {TypeError | RangeError} as `createConnection` does. */
export function wiredConnection<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>(
  options: ConnectionOptions<Client, Server>,
): WiredConnection<Client, Server> {
  return new SingleConnection(options);
}

class SingleConnection<Client extends MessagesOf<Client>, Server extends MessagesOf<Server>>
  extends EventHost<ConnectionEvents>
  implements WiredConnection<Client, Server>
{
  readonly messages: Emitter<Server>;
  readonly #settings: LinkSettings;
  readonly #exchange: Exchange<Client, Server>;
  #link: Link;
  #connecting: Deferred<void> | undefined;
  #closed = new Deferred<CloseCause>();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.close(1000, "aborted");
  #offOnline: (() => void) | undefined;
  /** Connect was asked for while the life before was still closing. */
  #reviving = false;

  constructor(options: ConnectionOptions<Client, Server>) {
    super("Connection");
    const url = addressSource("url", options.url);
    this.#signal = signalOption("signal", options.signal);
    const isFinal = (cause: CloseCause): boolean =>
      cause.kind === "unauthorized" || (cause.kind === "bad-address" && typeof url !== "function");
    this.#settings = linkSettings({
      ...options,
      isFinal: options.isFinal ?? isFinal,
    });
    this.messages = new Emitter((error) => this.report(error));
    this.#exchange = new Exchange(options, this.#settings, this.#hooks(url));
    const priority = numberOption("priority", options.priority, 0, {
      min: -1_000_000,
      max: 1_000_000,
    });
    this.#link = new Link(this.#settings, this.#exchange, undefined, priority);
    this.#heedSignal();
  }

  get phase(): Phase {
    return this.#link.phase;
  }

  get wire(): Wire | undefined {
    const { open } = this.#link;
    return open && new Wire(this.#link, open.attempt);
  }

  get closed(): Promise<CloseCause> {
    return this.#closed.promise;
  }

  connect(): Promise<void> {
    if (this.#signal?.aborted) return Promise.reject(abortError("Connect", this.#signal));
    const { ended } = this.#link;
    if (!ended && this.phase === "ready") return Promise.resolve();
    if (!ended && this.#connecting !== undefined) return this.#connecting.promise;
    this.#connecting?.reject(new HoldfastError("closed", "Connect ended: closed by this side"));
    this.#connecting = new Deferred();
    if (this.phase === "closed") this.#renew();
    else this.#reviving = ended;
    this.#heedOnline();
    this.#link.connect();
    return this.#connecting.promise;
  }

  send(type: string, message: object, options?: SendOptions): SendOutcome {
    return this.#exchange.send(this.#link, type, message, options);
  }

  request<Reply>(type: string, message: object, options: RequestOptions): Promise<Reply> {
    return this.#exchange.request<Reply>(this.#link, type, message, options);
  }

  reconnect(): void {
    this.#exchange.reconnect(this.#link);
  }

  handover(): Promise<void> {
    return this.#exchange.handovers.begin(this.#link);
  }

  close(code = 1000, reason = ""): Promise<CloseCause> {
    const { promise } = this.#closed;
    this.#exchange.close(this.#link, code, reason);
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  stats(): ConnectionStats {
    const { phase, lifecycle, connects } = this.#link;
    const { received, sent, queued } = this.#exchange.handovers.figuresOf(this.#link);
    const { dropped, invalid, unknown, duplicates } = this.#exchange;
    const { attempt: attempts, failures } = lifecycle;
    return {
      ...{
        phase,
        attempts,
        connects,
        failures,
        received,
        sent,
        queued,
        dropped,
        invalid,
        unknown,
        duplicates,
      },
      ...this.#settings.leftovers,
    };
  }

  #hooks(url: AddressSource): ExchangeHooks {
    const events = this.emitter;
    return {
      address: (_link, info) => (typeof url === "function" ? url(info) : url),
      ready: ({ connects }) => {
        this.#connecting?.resolve();
        this.#connecting = undefined;
        events.emit("connected", { connects });
      },
      replaced: (_previous, next) => {
        this.#link = next;
      },
      down: (_link, cause, retryInMs, wasReady) =>
        events.emit("disconnected", { cause, retryInMs, wasReady }),
      closed: (_link, cause) => this.#end(cause),
      message: (_link, type, message) =>
        this.messages.emit(type as keyof Server, message as Server[keyof Server]),
      invalid: (_link, invalid) => events.emit("invalid", invalid),
      unknown: (_link, type, message) => events.emit("unknown", { type, message }),
      dropped: (_link, count, why) => events.emit("dropped", { count, why }),
      error: (_link, error) => this.report(error),
    };
  }

  /** As long as a life lasts, its signal ends it. */
  #heedSignal(): void {
    if (this.#signal?.aborted) this.#onAbort();
    else this.#signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** As long as a life lasts, the return of the network ends its wait. */
  #heedOnline(): void {
    this.#offOnline ??= this.#settings.online(() => this.#exchange.retry(this.#link));
  }

  #end(reached: CloseCause): void {
    const aborted = this.#signal?.aborted === true && reached.kind === "local";
    const cause: CloseCause = aborted ? { kind: "aborted", message: "Closed by its signal" } : reached;
    const closed = this.#closed;
    if (this.#reviving) this.#renew();
    else
      this.#connecting?.reject(
        new HoldfastError("closed", `Connect ended: ${cause.message}`, {
          cause,
        }),
      );
    if (!this.#reviving) this.#connecting = undefined;
    this.#reviving = false;
    this.emitter.emit("closed", { cause });
    closed.resolve(cause);
    // A listener of `closed` may have connected anew.
    if (this.#closed !== closed) return;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#offOnline?.();
    this.#offOnline = undefined;
    this.emitter.close();
    this.messages.close();
  }

  #renew(): void {
    this.#closed = new Deferred();
    this.#heedSignal();
    this.emitter.reopen();
    this.messages.reopen();
  }
}
