import type { HeartbeatPace, PingOutcome } from "../connection/heartbeat.ts";
import type { Scheduler } from "../connection/scheduler.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { Frame } from "../socket/socket.ts";
import type { ServerLimits } from "./limits.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Session } from "./session.ts";

/** How long a close that was begun may go unanswered before the socket is dropped, in milliseconds. */
export const CLOSE_TIMEOUT_MS = 2_000;

/**
 * What a session needs of the server that it belongs to; one object for all of them. A server whose sessions are of a
 * class of its own may say so in the parameters.
 */
export interface SessionOwner {
  readonly scheduler: Scheduler;
  readonly limits: ServerLimits;
  /** `undefined` where peers are not pinged. */
  readonly heartbeat: HeartbeatPace | undefined;
  readonly rate: RateLimit;
  /** A frame within the limits of rate and size. */
  sessionFrame(session: Session, frame: Frame): void;
  /** A pong of the transport; a sign of life where the owner says `heard()`. */
  sessionPong?(session: Session): void;
  /** Sends the protocol's ping, past what is queued. */
  sessionPing(session: Session): PingOutcome;
  /** The ping was not answered: it is time to say so, and to close. */
  sessionMute(session: Session, message: string): void;
  /** A message was dropped, because it sends more than it may: to be counted. */
  sessionDropped(session: Session): void;
  /** It sends more than it may; so many messages were dropped since this was told last, once a second at most. */
  sessionFlooded(session: Session, dropped: number): void;
  /** It is no peer any more: it closed, or was closed. Once; what is sent to the others from here still reaches them. */
  sessionEnded(session: Session, cause: CloseCause): void;
  /** Its socket is closed or given up; once, after `sessionEnded`. */
  sessionGone(session: Session): void;
}
