import type { ChannelHealth } from "../server/server-options.ts";

/** An event on its way to the other servers. */
export interface SharedEvent {
  readonly channel: string;
  readonly eventId: string;
  /** When it was emitted, in milliseconds since 1970. */
  readonly time: number;
  /** JSON text. */
  readonly payload: string;
  readonly requireAck: boolean;
  /** Whom it is for, on whichever server they are; `undefined` for everybody. */
  readonly clients: readonly string[] | undefined;
  /** Whether the store that all share could not keep it: who resumes elsewhere is to be told, too. */
  readonly lost?: boolean;
}

/** A member as it travels: presence is JSON text. */
export interface MemberText {
  readonly id: string;
  readonly presence: string;
}

/** The other servers of the same service, as one of them sees them. A server alone has none. */
export interface Others {
  /** Resolves when what the others emit is heard here, or that is given up for now. Never rejects. */
  readonly ready: Promise<void>;
  /** Whether each server keeps a history of its own, of all that is emitted anywhere. */
  readonly ownHistory: boolean;
  /** Who listens elsewhere to a channel that somebody here listens to, as far as it is known at this moment. */
  known(channel: string): readonly MemberText[];
  /** Who listens to any channel elsewhere. Never rejects: nobody, where they cannot be asked. */
  members(channel: string): Promise<readonly MemberText[]>;
  /** Somebody came here, or says something else of itself. */
  present(channel: string, member: MemberText): void;
  /** Somebody here is gone. */
  left(channel: string, clientId: string): void;
  /**
   * Hands an event over; resolves with how many sockets elsewhere took it. Never rejects.
   * @param expected Who elsewhere is waited for; who did not get it is waited for no more.
   */
  emit(event: SharedEvent, expected: readonly string[]): Promise<number>;
  /** Somebody here acknowledged what may be another server's event; whether it was. */
  acked(eventId: string, clientId: string): boolean;
  check(): Promise<ChannelHealth["backplane"]>;
  close(): Promise<void>;
}
