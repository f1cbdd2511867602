import type { Clock, Random } from "../clock.ts";
import { functionOption, integerOption, numberOption, objectOption, textsOption } from "../options.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { SocketFactory } from "../socket/socket.ts";
import type { Leftovers } from "./attempt.ts";
import { type BackoffFunction, type BackoffOptions, backoff } from "./backoff.ts";
import type { DialGate, DialLimits } from "./dial-gate.ts";
import { type Dialling, diallingOption } from "./dialling.ts";
import type { HeartbeatPace } from "./heartbeat.ts";
import type { HostNames } from "./host-names.ts";
import type { LifecycleLimits } from "./lifecycle.ts";
import { hostOnline, type OnlineSource, safeOnline } from "./online.ts";
import { type OutboxLimits, type OutboxOptions, outboxLimits } from "./outbox.ts";
import type { Scheduler } from "./scheduler.ts";

/** How a peer that went mute is found out. */
export interface HeartbeatOptions {
  /** A ping is sent this often, in milliseconds. @default 30000 */
  intervalMs?: number;
  /** Any frame must come within this time of a ping, in milliseconds. @default 10000, or the interval if that is less */
  timeoutMs?: number;
  /**
   * Where neither the protocol nor the transport has a ping: how long the peer may say nothing, in milliseconds.
   * @default no limit: silence alone is no proof
   */
  silenceMs?: number;
}

/** Request headers. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** Request headers: the same for all dials, or asked for at each dial, so that a token can be fresh. */
export type HeaderSource =
  | RequestHeaders
  | ((address: string) => RequestHeaders | undefined | Promise<RequestHeaders | undefined>);

/** What every connection can be told, alone or in a manager. */
export interface LinkOptions {
  /** How sockets are opened, such as `webSocket()`. */
  socket: SocketFactory;
  /** Request headers, where the runtime can send them: fixed, or for an address. */
  headers?: HeaderSource;
  /** WebSocket subprotocols, in order of preference. */
  protocols?: readonly string[];
  /** From the dial to an open socket, the address provider included, in milliseconds. @default 10000 */
  connectTimeoutMs?: number;
  /** From an open socket to a ready connection, in milliseconds. @default 10000 */
  readyTimeoutMs?: number;
  /** How long a ready connection must last before its backoff starts anew, in milliseconds. @default 10000 */
  stableAfterMs?: number;
  /** How long a close may take before the socket is dropped, in milliseconds. @default 1000 */
  closeTimeoutMs?: number;
  /** Attempts in a row that may fail before the connection ends for good. @default Infinity */
  maxAttempts?: number;
  /** When and how fast to try again. @default jittered from 1 s, doubling, up to 60 s */
  backoff?: BackoffOptions | BackoffFunction;
  /** How a mute peer is found out; `false` for not at all. @default every 30 s, 10 s to answer */
  heartbeat?: HeartbeatOptions | false;
  /** What happens to messages that cannot be sent right now. */
  outbox?: OutboxOptions;
  /** Larger frames are reported as invalid, in bytes. @default 1048576 */
  maxMessageBytes?: number;
  /** Tells when the network is back: who waits then tries at once, at the gate's pace. @default the browser's `online` event */
  online?: OnlineSource;
  /** Whether a cause ends the connection for good. @default `unauthorized`, and in a single connection `bad-address` of a fixed `url` */
  isFinal?: (cause: CloseCause) => boolean;
  /** How fast to dial; ignored where `dialling` is given. @default 200 a second, 100 at once */
  dials?: DialLimits;
  /** A gate and scheduler to share. @default one of its own */
  dialling?: Dialling;
  /** The clock; ignored where `dialling` is given. @default the host's monotonic clock */
  clock?: Clock;
  /** Randomness for jitter, in [0, 1). @default Math.random */
  random?: Random;
}

/** The options of a connection, checked, with their defaults: one object for all connections of a manager. */
export interface LinkSettings extends LifecycleLimits {
  readonly scheduler: Scheduler;
  readonly gate: DialGate;
  readonly leftovers: Leftovers;
  readonly hosts: HostNames;
  readonly socket: SocketFactory;
  readonly headers: HeaderSource | undefined;
  readonly protocols: readonly string[] | undefined;
  readonly connectTimeoutMs: number;
  readonly readyTimeoutMs: number;
  readonly stableAfterMs: number;
  readonly closeTimeoutMs: number;
  readonly backoff: BackoffFunction;
  readonly heartbeat: HeartbeatPace | undefined;
  readonly outbox: OutboxLimits;
  readonly maxMessageBytes: number;
  readonly online: OnlineSource;
  readonly isFinal: (cause: CloseCause) => boolean;
  readonly random: Random;
}

/** @throws {RangeError | TypeError} for an option out of its bounds, naming it and its value. */
export function linkSettings(options: LinkOptions): LinkSettings {
  const { scheduler, gate, leftovers, hosts } = diallingOption(options);
  return {
    ...{ scheduler, gate, leftovers, hosts },
    socket: functionOption("socket", options.socket),
    headers: headerSource(options.headers),
    protocols: options.protocols === undefined ? undefined : textsOption("protocols", options.protocols),
    connectTimeoutMs: numberOption("connectTimeoutMs", options.connectTimeoutMs, 10_000, { min: 1 }),
    readyTimeoutMs: numberOption("readyTimeoutMs", options.readyTimeoutMs, 10_000, { min: 1 }),
    stableAfterMs: numberOption("stableAfterMs", options.stableAfterMs, 10_000),
    closeTimeoutMs: numberOption("closeTimeoutMs", options.closeTimeoutMs, 1_000),
    maxAttempts: numberOption("maxAttempts", options.maxAttempts, Number.POSITIVE_INFINITY, {
      min: 1,
      max: Number.POSITIVE_INFINITY,
    }),
    backoff: backoff(options.backoff),
    heartbeat: heartbeatPace(options.heartbeat),
    outbox: outboxLimits(options.outbox),
    maxMessageBytes: integerOption("maxMessageBytes", options.maxMessageBytes, 1_048_576, { min: 1 }),
    online: options.online === undefined ? hostOnline : safeOnline(functionOption("online", options.online)),
    isFinal: finality(options.isFinal),
    random: safeRandom(functionOption("random", options.random === undefined ? Math.random : options.random)),
  };
}

/** @throws {RangeError | TypeError} for an option out of its bounds. */
export function heartbeatPace(options: HeartbeatOptions | false | undefined): HeartbeatPace | undefined {
  if (options === false) return undefined;
  const given = objectOption("heartbeat", options);
  const intervalMs = numberOption("heartbeat.intervalMs", given.intervalMs, 30_000, { min: 1 });
  const timeoutMs = numberOption("heartbeat.timeoutMs", given.timeoutMs, Math.min(10_000, intervalMs), {
    min: 1,
  });
  const silenceMs =
    given.silenceMs === undefined
      ? undefined
      : numberOption("heartbeat.silenceMs", given.silenceMs, 0, { min: 1 });
  return { intervalMs, timeoutMs, silenceMs };
}

/** A predicate of the user's that throws has not said that the end has come. */
function finality(isFinal: LinkOptions["isFinal"]): LinkSettings["isFinal"] {
  if (isFinal === undefined) return (cause) => cause.kind === "unauthorized";
  functionOption("isFinal", isFinal);
  return (cause) => {
    try {
      return isFinal(cause) === true;
    } catch {
      return false;
    }
  };
}

/** Randomness of the user's that throws, or gives no share of one, is the middle. */
function safeRandom(random: Random): Random {
  return () => {
    try {
      const share = random();
      return share >= 0 && share < 1 ? share : 0.5;
    } catch {
      return 0.5;
    }
  };
}

function headerSource(headers: HeaderSource | undefined): HeaderSource | undefined {
  if (headers === undefined || typeof headers === "function") return headers;
  for (const [name, value] of Object.entries(objectOption("headers", headers))) {
    // Its value is not shown: it may be a token.
    if (typeof value !== "string")
      throw new TypeError(`Option headers.${name} must be a string: got a ${typeof value}`);
  }
  return headers;
}
