import type { HoldfastError } from "../errors.ts";
import type { Invalid } from "../protocol/receiver.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { Phase } from "./lifecycle.ts";

/** What a connection tells of itself. */
export interface ConnectionEvents {
  /** It is ready, after a dial or, without a `disconnected` before it, by a handover. `connects` counts the times. */
  connected: { readonly connects: number };
  /** An attempt failed, or a ready connection was lost; the next attempt follows after `retryInMs`. */
  disconnected: {
    readonly cause: CloseCause;
    readonly retryInMs: number;
    readonly wasReady: boolean;
  };
  /** It ended for good: closed by this side, or a cause that makes another attempt useless. */
  closed: { readonly cause: CloseCause };
  /** A frame that is no message of the protocol. The connection goes on. */
  invalid: Invalid;
  /** A message of a type that the protocol does not have. */
  unknown: { readonly type: string; readonly message: unknown };
  /** Messages that were kept for later were dropped. */
  dropped: { readonly count: number; readonly why: string };
  /** A listener failed, or a stream overflowed. */
  error: HoldfastError;
}

/** Figures of a connection since it was made. */
export interface ConnectionStats {
  /** Where it stands. */
  readonly phase: Phase;
  /** Dials made. */
  readonly attempts: number;
  /** Times it was ready. */
  readonly connects: number;
  /** Attempts since one last proved itself. */
  readonly failures: number;
  /** Frames received. */
  readonly received: number;
  /** Frames handed to a socket. */
  readonly sent: number;
  /** Messages that wait to be sent. */
  readonly queued: number;
  /** Messages that waited and were dropped. */
  readonly dropped: number;
  /** Frames that were no message. */
  readonly invalid: number;
  /** Messages of types that the protocol does not have. */
  readonly unknown: number;
  /** Messages whose id had come already; see `messageId`. */
  readonly duplicates: number;
  /** Frames of abandoned attempts, over the whole `dialling`. */
  readonly lateFrames: number;
  /** Abandoned sockets that have not ended yet, over the whole `dialling`. */
  readonly abandoned: number;
}
