import type { AddressSource } from "../../connection/address-source.ts";
import type { Phase } from "../../connection/lifecycle.ts";
import type { LinkOptions } from "../../connection/settings.ts";
import type { EventSource } from "../../emitter.ts";
import type { HoldfastError } from "../../errors.ts";
import type { Invalid } from "../../protocol/receiver.ts";
import type { StandardSchema } from "../../protocol/standard-schema.ts";
import type { CloseCause } from "../../socket/close-cause.ts";
import type { Member } from "../messages.ts";
import type { BearerToken } from "./client-token.ts";

/**
 * How a channel is listened to. `heartbeat` is as everywhere, and where the transport has no ping a server that says
 * nothing for 60 s (`silenceMs`) counts as mute: ours pings every 25 s. `maxMessageBytes` is 16 MiB by default, because
 * CONNECTED holds all members. `isFinal` is by default: HTTP 401 and 403, a fixed `url` that cannot be dialled, and HTTP
 * 400, 404 and 405, where the runtime shows the status. The server has read what was asked then: the `url` is not its
 * own (is the channel in it?), or it takes no such `since`.
 */
export interface ChannelClientOptions<Payload> extends LinkOptions {
  /**
   * The server, such as `wss://channels.example`, without the channel: a path before `/:channel` is kept, and so is a
   * query, but for `since` and `presence`, which are options. It holds no user and no password.
   */
  url: AddressSource;
  /** The channel's name, unencoded: 1 to 200 characters, no `/`, no control characters, neither `.` nor `..`. */
  channel: string;
  /** What payloads are checked against; what does not fit is told by `invalid`. @default anything */
  schema?: StandardSchema<Payload>;
  /** What others see of this client: any JSON, at most 4 KiB. @default {} */
  presence?: unknown;
  /** A bearer token, or where to get one for each dial, such as a `createTokenSource`. @default none */
  token?: BearerToken;
  /**
   * Where the token goes: as the subprotocols `holdfast` and `bearer.…`, which every runtime can send and only a server
   * that knows them accepts; or in `Authorization`, which browsers and the portable `webSocket()` cannot send. Nobody can
   * ask a factory what it sends, so it is said here.
   * @default "protocol"; "header" in `@holdfast/node` and `@holdfast/deno`
   */
  tokenIn?: "header" | "protocol";
  /**
   * `auto` acknowledges an event when all its listeners have returned, and what they promised has come; one that throws or
   * rejects leaves it unacknowledged. An event that comes while nobody listens to `event` is not acknowledged either:
   * it is gone, and counted as `unheard`. `manual` leaves it to `ack()`; so should who reads `events("event")`, for
   * which an event counts as heard once it is in the buffer.
   * @default "auto"
   */
  ack?: "auto" | "manual";
  /** Resume after this event id, of an earlier life. @default only what is emitted from now on */
  since?: string;
  /** Its abort closes the client. */
  signal?: AbortSignal;
}

/** One event of a channel. */
export interface ChannelEvent<Payload> {
  /** What was emitted, as the schema gave it. */
  readonly payload: Payload;
  /** `undefined` from a server that gives none. */
  readonly eventId: string | undefined;
  /** Whether the caller waits for it to be acknowledged. */
  readonly requiresAck: boolean;
  /** Whether it comes from history, after a reconnect. */
  readonly replayed: boolean;
  /**
   * Acknowledges it, on the connection that brought it; more than once is once. Returns whether that was done: false where
   * nobody waits for it, the connection is another one by now, or there is no room.
   */
  ack(): boolean;
}

/** What a channel client tells. */
export interface ChannelClientEvents<Payload> {
  /** Something was emitted. Events come in their order, each once. */
  event: ChannelEvent<Payload>;
  /**
   * CONNECTED arrived. `recovered`: nothing was lost since the last connection; `undefined` the first time, unless `since`
   * was given. `clientId` is `undefined` from a server that gives none.
   */
  connected: {
    readonly clientId: string | undefined;
    readonly members: readonly Member[];
    readonly recovered: boolean | undefined;
  };
  /** Events after `since` may be lost: the server's history does not reach back to it, or there is none. */
  gap: { readonly since: string | undefined };
  /** Somebody came. */
  joined: Member;
  /** Somebody's presence changed; this client's own, too. */
  updated: Member;
  /** Somebody went, with the presence known last. */
  left: Member;
  /** An attempt failed, or the connection was lost; the next attempt follows after `retryInMs`. */
  disconnected: { readonly cause: CloseCause; readonly retryInMs: number; readonly wasReady: boolean };
  /** The server said what it did not like, or that it is about to end (`DRAINING`). */
  refused: { readonly code: string; readonly message: string };
  /** A frame that is no message, or a payload that does not fit the schema; the latter is not acknowledged. */
  invalid: Invalid;
  /** A message of a type that the protocol does not have. */
  unknown: { readonly type: string; readonly message: unknown };
  /** Events that were not told, or messages that were not sent: `why` in one sentence. */
  dropped: { readonly count: number; readonly why: string };
  /** It ended for good. */
  closed: { readonly cause: CloseCause };
  /** A listener failed, or a stream overflowed. */
  error: HoldfastError;
}

/** A listener of one channel that stays there. */
export interface ChannelClient<Payload> extends EventSource<ChannelClientEvents<Payload>>, AsyncDisposable {
  /** The id of the connection now, or of the latest. */
  readonly clientId: string | undefined;
  /** Who is there, this client not included; of the latest connection. */
  readonly members: ReadonlyMap<string, Member>;
  /** The id to resume after, for another life: of the latest event that was told, or of the latest connection. */
  readonly since: string | undefined;
  /** The last ping's round trip as the server measured it, in milliseconds. */
  readonly latency: number;
  /** Where it stands. */
  readonly phase: Phase;
  /** Resolves when it has ended for good, with the cause; never rejects. */
  readonly closed: Promise<CloseCause>;
  /**
   * Begins to listen and resolves at CONNECTED. After an end it begins a new life, and resumes. Register `event` before:
   * what was missed comes right behind CONNECTED, and is not told again to who registers later.
   * @throws {HoldfastError} `closed` with the cause, `aborted`
   */
  connect(): Promise<void>;
  /**
   * What others see of this client from now on, also after a reconnect.
   * @throws {HoldfastError} `bad-message` over 4 KiB or no JSON
   */
  setPresence(presence: unknown): void;
  /** Ends it: a close frame, and after `closeTimeoutMs` the end of the socket, whether the server answers or not. */
  close(): Promise<CloseCause>;
  /** Figures since it was made. */
  stats(): ChannelClientStats;
}

/** Figures since it was made. */
export interface ChannelClientStats {
  /** Events told, replayed ones included. */
  readonly events: number;
  /** Events that came while nobody listened to `event`: they were not told, and not acknowledged. */
  readonly unheard: number;
  /** Events told that came from history. */
  readonly replayed: number;
  /** Acknowledgements sent. */
  readonly acked: number;
  /** Reconnects at which something may have been lost. */
  readonly gaps: number;
  /** Times it was connected. */
  readonly connects: number;
  /** Events that had come already, and went no further. */
  readonly duplicates: number;
  /** Frames that were no message, and payloads that did not fit. */
  readonly invalid: number;
  /** Messages of types that the protocol does not have. */
  readonly unknown: number;
  /** Events that were not told, and messages that were not sent. */
  readonly dropped: number;
}
