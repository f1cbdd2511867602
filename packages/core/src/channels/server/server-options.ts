import type { Clock } from "../../clock.ts";
import type { EventSource } from "../../emitter.ts";
import type { HoldfastError } from "../../errors.ts";
import type { Backplane } from "../../server/backplane.ts";
import type { ServerLimits } from "../../server/limits.ts";
import type { Retention, Store } from "../../server/store.ts";
import type { Acceptor } from "../../socket/listener.ts";
import type { Member } from "../messages.ts";

/** What a hook is shown of somebody who wants to emit or listen. */
export interface AuthorizeRequest {
  /** What it wants to do. */
  readonly action: "emit" | "listen" | "history" | "members";
  /** The channel's name, decoded. */
  readonly channel: string;
  /** The credential, from wherever it was allowed to come. */
  readonly token: string | undefined;
  /** A request header by its lower-case name. */
  header(name: string): string | undefined;
  /** The peer's IP address, where the transport knows it. */
  readonly peer: string | undefined;
  /** Aborted when the answer is not awaited any more. */
  readonly signal: AbortSignal;
}

/** `true` lets it through, `false` is 403, `"unauthenticated"` is 401. A listener's leave may end: `expiresAt`, ms since 1970. */
export type AuthorizeAnswer = boolean | "unauthenticated" | { readonly expiresAt: number };

/** Decides who may do what. That it throws is 503; so is that it gives no answer within `authorizeTimeoutMs`. */
export type Authorize = (request: AuthorizeRequest) => AuthorizeAnswer | Promise<AuthorizeAnswer>;

/** How a channel server behaves. */
export interface ChannelServerOptions {
  /** Who may do what. @default everybody */
  authorize?: Authorize;
  /** In milliseconds. @default 5000 */
  authorizeTimeoutMs?: number;
  /** Whether `?token=` is taken: addresses end up in logs. @default false */
  tokenInQuery?: boolean;
  /** Origins that browsers may come from, such as `https://app.example`, besides the server's own host; `"*"` for any. @default [] */
  origins?: readonly string[];
  /**
   * What `Host` may say, such as `chat.example` or `chat.example:8080`: without it, a page whose name its owner lets point
   * to this server counts as the server's own (DNS rebinding). Give it to a server within a private network. @default any
   */
  hosts?: readonly string[];
  /** Whether an upgrade may carry `Cookie` without `Origin`. @default false */
  allowCookieWithoutOrigin?: boolean;
  /** What is kept for those who resume. @default memory, which the process takes with it */
  store?: Store;
  /** What a channel's history holds. @default 1,000 events, 4 MiB, one hour */
  history?: Partial<Retention>;
  /** Other servers of the same service. @default none: this process alone */
  backplane?: Backplane;
  /** See {@linkcode ServerLimits}. */
  limits?: Partial<ServerLimits>;
  /** How long acknowledgements are waited for, in milliseconds. @default 5000 */
  ackTimeoutMs?: number;
  /** Time. @default the system's */
  clock?: Clock;
}

/** How to emit; see docs/protocols/channels.md. */
export interface EmitOptions {
  /** So many at random, or exactly these. @default everybody */
  clients?: number | readonly string[];
  /** Whether to wait for acknowledgements. @default false */
  requireAck?: boolean;
  /** Delivers once for each key and channel within ten minutes. */
  idempotencyKey?: string;
  /** Gives up waiting for acknowledgements. */
  signal?: AbortSignal;
}

/** What became of an event. */
export interface EmitOutcome {
  /** `delivered`, or what went wrong, as the wire document's codes say. */
  readonly code:
    | "delivered"
    | "ACK_TIMEOUT"
    | "CLIENTS_LEFT"
    | "NO_CLIENTS"
    | "UNKNOWN_CLIENTS"
    | "NOT_ENOUGH_CLIENTS";
  /** `undefined` where nothing was emitted. */
  readonly eventId: string | undefined;
  /** How many sockets took it. */
  readonly delivered: number;
  /** Who acknowledged, where that was asked for. */
  readonly acked?: readonly string[];
  /** Who was named and is not there, or did not acknowledge in time. */
  readonly missing?: readonly string[];
  /** Who left before acknowledging. */
  readonly left?: readonly string[];
  /** Whether history holds it: not where the store failed, and not what was aimed at some. */
  readonly stored: boolean;
}

/** What a channel server tells. */
export interface ChannelServerEvents {
  /** A listener came. */
  joined: { channel: string; clientId: string };
  /** A listener is gone; `why` in one sentence. */
  left: { channel: string; clientId: string; why: string };
  /** An event was emitted. */
  emitted: { channel: string; eventId: string; delivered: number };
  /**
   * Somebody was refused with 401, 403, 429 or 503: `code` as the wire document has it, never the token. `channel` is
   * `undefined` where the path names none, `peer` where the transport does not know it, `origin` outside a browser.
   */
  refused: {
    channel: string | undefined;
    code: string;
    peer: string | undefined;
    origin: string | undefined;
  };
  /** Something was dropped: a slow consumer, a flood. */
  dropped: { channel: string; clientId: string; count: number; why: string };
  /** The store or the backplane fails, or works again. */
  health: ChannelHealth;
  /** A hook, the store or the backplane failed. */
  error: HoldfastError;
}

/** Whether all parts work. */
export interface ChannelHealth {
  /** Whether all of it works. */
  readonly status: "ok" | "degraded";
  /** The way to the other servers of the service. */
  readonly backplane: { readonly ok: boolean; readonly roundTripMs?: number; readonly error?: string };
  /** Where history is kept. */
  readonly store: { readonly ok: boolean; readonly error?: string };
}

/** Figures since it was made, for metrics. */
export interface ChannelServerStats {
  /** Channels that somebody listens to. */
  readonly channels: number;
  /** Listeners now. */
  readonly clients: number;
  /** Emits that wait for acknowledgement now. */
  readonly pendingAcks: number;
  /** Events. */
  readonly emitted: number;
  /** Deliveries: an event to one listener is one. */
  readonly delivered: number;
  /** Acknowledgements that were awaited. */
  readonly acked: number;
  /** ACKs that were late, repeated or foreign. */
  readonly ignoredAcks: number;
  /** Frames of clients that were no message. */
  readonly invalid: number;
  /** Messages of types that the protocol does not have. */
  readonly unknown: number;
  /** Messages that were dropped because their client sent too many. */
  readonly rateLimited: number;
  /** Clients that were closed as slow. */
  readonly slow: number;
  /** Idempotency keys that were forgotten before their ten minutes were over. */
  readonly forgottenKeys: number;
  /** Clients that did not answer a ping. */
  readonly pingTimeouts: number;
  /** Upgrades and requests that were refused, whatever the reason. */
  readonly refused: number;
  /** Timers that are armed now. */
  readonly timers: number;
}

/** The server half of channels. */
export interface ChannelServer extends EventSource<ChannelServerEvents>, AsyncDisposable {
  /** The HTTP half: a WHATWG request in, a response out. Never rejects. `peer` is the caller's IP address. */
  readonly fetch: (request: Request, peer?: string) => Promise<Response>;
  /**
   * The WebSocket half: the door for a listener. Whatever serves it must echo the subprotocol `holdfast`, such as `serve`
   * with `protocols: ["holdfast"]`: a client that sends its token as a subprotocol drops the connection otherwise.
   */
  readonly accept: Acceptor;
  /** Emits from inside the process. @throws {HoldfastError} `closed`, `bad-message` (payload is no JSON, or empty), `aborted`; {TypeError} for a channel that is no string, or a bad option */
  emit(channel: string, payload: unknown, options?: EmitOptions): Promise<EmitOutcome>;
  /** Who listens, on all servers. Never rejects. */
  members(channel: string): Promise<readonly Member[]>;
  /** A round trip through the backplane and a look at the store. */
  health(): Promise<ChannelHealth>;
  /** Figures since it was made. */
  stats(): ChannelServerStats;
  /**
   * Ends it gently: lets nobody in, answers emits with 503, tells listeners to resume elsewhere, and spreads their leaving over
   * `overMs`; emits that wait for acknowledgement are answered first. Resolves when nobody is left: then the listener of `serve` is closed, and then
   * the store.
   */
  drain(options?: { overMs?: number }): Promise<void>;
  /** Ends it at once. What was given is closed after it: first the listener of `serve`, then the store. */
  close(): Promise<void>;
}
