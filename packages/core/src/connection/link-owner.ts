import type { CloseCause } from "../socket/close-cause.ts";
import type { Frame } from "../socket/socket.ts";
import type { Attempt } from "./attempt.ts";
import type { PingOutcome } from "./heartbeat.ts";
import type { Link } from "./link.ts";

/** What an attempt is told when it asks for its address. */
export interface AttemptInfo {
  /** Counts every attempt of this connection, from 1. */
  readonly attempt: number;
  /** Attempts since one last proved itself. */
  readonly failures: number;
  /** Why the attempt before ended. */
  readonly cause?: CloseCause;
  /** Aborts when the attempt is given up. */
  readonly signal: AbortSignal;
}

/** Whom a link tells what happened. But for `linkAddress`, none of these may throw. */
export interface LinkOwner {
  /** The address to dial; may throw or reject. */
  linkAddress(link: Link, info: AttemptInfo): string | URL | Promise<string | URL>;
  /** The socket is open. Returns whether that alone makes the connection ready. */
  linkOpened(link: Link): boolean;
  /** A frame arrived on this attempt, which is the current one. */
  linkFrame(attempt: Attempt, frame: Frame): void;
  /** A ping is due: sends one, if the protocol has one. */
  linkPing(link: Link): PingOutcome;
  linkReady(link: Link): void;
  /** `retryInMs` is the wait before the next attempt; 0 when it follows at once. */
  linkDown(link: Link, cause: CloseCause, retryInMs: number, wasReady: boolean): void;
  linkClosed(link: Link, cause: CloseCause): void;
  linkDropped(link: Link, count: number, why: string): void;
}
