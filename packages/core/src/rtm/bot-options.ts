import type { Clock, Random } from "../clock.ts";
import type { AddressSource } from "../connection/address-source.ts";
import type { BackoffFunction, BackoffOptions } from "../connection/backoff.ts";
import type { DialLimits } from "../connection/dial-gate.ts";
import type { OnlineSource } from "../connection/online.ts";
import type { HeaderSource, HeartbeatOptions } from "../connection/settings.ts";
import type { HoldfastError } from "../errors.ts";
import type { Invalid } from "../protocol/receiver.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { SocketFactory } from "../socket/socket.ts";
import type { TeamId, TeamStats, TextMessage } from "./messages.ts";

/** What `createBot` takes. Only `url` is needed, and `socket` where no runtime package brings it. */
export interface BotOptions {
  /** The global connection's address: a URL, or a function of the attempt that gives one, maybe later. */
  url: AddressSource;
  /** How sockets are opened. @default the runtime's `webSocket()` in `@holdfast/node` and `@holdfast/deno` */
  socket: SocketFactory;
  /**
   * Request headers for the global connection. They go to a team's host only if it is the same host and port,
   * or one of `trustedHosts`. @default none
   */
  headers?: HeaderSource;
  /** Further hosts (with their port, as in a URL) that the headers may go to. @default [] */
  trustedHosts?: readonly string[];
  /** Whether a `wss:` global connection may lead to `ws:` team connections. @default false */
  allowInsecureTeams?: boolean;
  /** Its abort closes the bot. @default none */
  signal?: AbortSignal;
  /** From the dial to an open socket, asking for its address included, in milliseconds. @default 10000 */
  connectTimeoutMs?: number;
  /** From an open socket to its `hello`, in milliseconds. @default 10000 */
  helloTimeoutMs?: number;
  /** How long an answer to `team.connect` is waited for before the bot asks again, in milliseconds. @default 5000 */
  askTimeoutMs?: number;
  /** How a mute peer is found out; `false` for not at all. @default every 30 s, 10 s to answer */
  heartbeat?: HeartbeatOptions | false;
  /** When and how fast to try again. @default jittered from 1 s, doubling, up to 60 s */
  backoff?: BackoffOptions | BackoffFunction;
  /** How long a connection must last before its backoff starts anew, in milliseconds. @default 10000 */
  stableAfterMs?: number;
  /** How long a close may take before the socket is dropped, in milliseconds. @default 1000 */
  closeTimeoutMs?: number;
  /** How fast to dial. @default 200 a second, 100 at once */
  dials?: DialLimits;
  /** Larger frames are reported as invalid, in bytes. @default 1048576 */
  maxMessageBytes?: number;
  /** How many departed teams are remembered with their counts. @default 10000 */
  maxDepartedTeams?: number;
  /** What a `goodbye` means: the end of the run, or only of this connection. @default "stop" */
  onGoodbye?: "stop" | "reconnect";
  /** Tells when the network is back: who waits then tries at once. @default the browser's `online` event */
  online?: OnlineSource;
  /** The clock. @default the host's monotonic clock */
  clock?: Clock;
  /** Randomness for jitter, in [0, 1). @default Math.random */
  random?: Random;
}

/** What a bot tells. */
export interface BotEvents {
  /** A team got a message; it is counted already. `message` holds the fields the server added, too. */
  "team.message": {
    readonly teamId: TeamId;
    readonly text: string;
    readonly message: TextMessage;
  };
  /** A team joined; its connection is on its way. */
  "team.joined": { readonly teamId: TeamId };
  /** A team's connection is open and has said hello. `connects` counts the times it was. */
  "team.connected": { readonly teamId: TeamId; readonly connects: number };
  /** A team's connection was lost, or an attempt failed; the next one follows after `retryInMs`. */
  "team.disconnected": {
    readonly teamId: TeamId;
    readonly cause: CloseCause;
    readonly retryInMs: number;
    readonly wasConnected: boolean;
  };
  /**
   * A team is connected again after `downMs` milliseconds without a socket: what it was sent meanwhile is lost, unless
   * the server repeats it. RTM has no history to ask for.
   */
  "team.gap": { readonly teamId: TeamId; readonly downMs: number };
  /** A team left; its connection is being closed and its counts are kept. */
  "team.left": { readonly teamId: TeamId };
  /** A team answered a ping. */
  "team.pong": { readonly teamId: TeamId; readonly latencyMs: number };
  /** The global connection is open and has said hello. */
  "global.connected": { readonly connects: number };
  /** The global connection was lost, or an attempt failed; team connections stay. */
  "global.disconnected": {
    readonly cause: CloseCause;
    readonly retryInMs: number;
    readonly wasConnected: boolean;
  };
  /**
   * A healthcheck was asked for, and answered with these rows: those that were sent, in which each row's figures are of
   * the moment when it was written. `answered` is false when the socket that asked was gone before the reply was
   * whole; the rows are of now then.
   */
  healthcheck: {
    readonly stats: readonly TeamStats[];
    readonly answered: boolean;
  };
  /** A frame that is no message of the protocol. The connection goes on. */
  invalid: Invalid & { readonly teamId?: TeamId };
  /** A message of a type that the protocol does not have. */
  unknown: {
    readonly type: string;
    readonly message: unknown;
    readonly teamId?: TeamId;
  };
  /** The server sent an `error` (code `server-error`), a listener failed, or a stream overflowed. */
  error: HoldfastError;
  /** The server said goodbye. */
  goodbye: Record<never, never>;
}

/** Why a bot ended. */
export interface BotClosed {
  /** `goodbye` of the server, `closed` by `close()`, `aborted` by its signal, `failed` for a cause that is final. */
  readonly reason: "goodbye" | "closed" | "aborted" | "failed";
  /** What made another attempt useless, for `failed`. */
  readonly cause?: CloseCause;
}

/** Figures of a bot since it was made. */
export interface BotTotals {
  /** Joined teams. */
  readonly joined: number;
  /** Joined teams whose connection is open and has said hello. */
  readonly connected: number;
  /** Whether the global connection is open and has said hello. */
  readonly globalConnected: boolean;
  /** Valid messages of all teams. */
  readonly messages: number;
  /** Valid messages with `props` in their text. */
  readonly props: number;
  /** Team connections that were ready again after a loss. */
  readonly teamReconnects: number;
  /** Times the global connection was ready again after a loss. */
  readonly globalReconnects: number;
  /** Frames that were no message. */
  readonly invalid: number;
  /** Messages of types that the protocol does not have. */
  readonly unknown: number;
  /** Server messages that were harmless and made no sense, such as a second join. */
  readonly ignored: number;
  /** Healthchecks answered. */
  readonly healthchecks: number;
  /** Departed teams whose counts were given up to stay within `maxDepartedTeams`. */
  readonly forgotten: number;
  /** Attempts under way. */
  readonly dialing: number;
  /** Connections that wait for a slot to dial. */
  readonly waiting: number;
  /** Timers armed. */
  readonly timers: number;
  /** Frames of abandoned sockets. */
  readonly lateFrames: number;
  /** Abandoned sockets that have not ended yet. */
  readonly abandoned: number;
}

/** What `bot.stats()` gives. */
export interface BotStats {
  /** The rows that a healthcheck would be answered with now, named as on the wire. */
  readonly teams: TeamStats[];
  /** Figures over all of them. */
  readonly totals: BotTotals;
}
