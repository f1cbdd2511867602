import type { HoldfastError } from "../errors.ts";
import type { MessagesOf } from "../protocol/protocol.ts";
import type { CloseCause } from "../socket/close-cause.ts";
import type { ConnectionEvents } from "./connection-events.ts";
import type { Phase } from "./lifecycle.ts";

/** The events of a connection, each with the key of the connection it is about. */
export type ManagerEvents<Key> = {
  [Name in Exclude<keyof ConnectionEvents, "error">]: ConnectionEvents[Name] & {
    /** Whose connection it is. */
    readonly key: Key;
  };
} & {
  /** A listener failed, or a stream overflowed. */
  error: HoldfastError;
};

/** The messages of a protocol, each with the key of the connection it came on. */
export type KeyedMessages<Key, Server extends MessagesOf<Server>> = {
  [Type in keyof Server]: { readonly key: Key; readonly message: Server[Type] };
};

/** One row of a manager's snapshot. */
export interface ConnectionRow<Key> {
  /** Whose connection it is. */
  readonly key: Key;
  /** Where it stands. */
  readonly phase: Phase;
  /** Times it was ready. */
  readonly connects: number;
  /** Dials made. */
  readonly attempts: number;
  /** Attempts since one last proved itself. */
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
  /** Connections that wait at the gate, over the whole `dialling`. */
  readonly waiting: number;
  /** Attempts under way, over the whole `dialling`. */
  readonly dialing: number;
  /** Timers armed, over the whole `dialling`. */
  readonly timers: number;
  /** Frames that were no message. */
  readonly invalid: number;
  /** Messages of types that the protocol does not have. */
  readonly unknown: number;
  /** Messages whose id had come already; see `messageId`. */
  readonly duplicates: number;
  /** Messages that waited and were dropped. */
  readonly dropped: number;
  /** Frames of abandoned attempts, over the whole `dialling`. */
  readonly lateFrames: number;
  /** Abandoned sockets that have not ended yet, over the whole `dialling`. */
  readonly abandoned: number;
}

/** No connection in any phase. */
export const NO_PHASES: Readonly<Record<Phase, number>> = {
  ...{ idle: 0, queued: 0, dialing: 0, opening: 0, ready: 0, waiting: 0, closing: 0, closed: 0 },
};
