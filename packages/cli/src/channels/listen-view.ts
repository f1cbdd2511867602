import type { CloseCause } from "@holdfast/core";
import type { ChannelClientEvents, ChannelClientStats, ChannelEvent } from "@holdfast/core/channels";

/** What a listener is told besides events. */
export type Happening = Exclude<keyof ChannelClientEvents<unknown>, "event" | "closed">;

/** In this order a view asks for them. */
export const HAPPENINGS: readonly Happening[] = [
  ...(["connected", "gap", "joined", "updated", "left", "disconnected"] as const),
  ...(["refused", "invalid", "unknown", "dropped", "error"] as const),
];

/** How a listener ended. */
export interface ListenEnd {
  readonly cause: CloseCause;
  /** What `--since` takes to go on from here. */
  readonly since: string | undefined;
  readonly totals: ChannelClientStats;
}

/** Shows on stdout what a listener is told. */
export interface ListenView {
  /** Shows an event; false where stdout is not read and it was left out. */
  event(event: ChannelEvent<unknown>): boolean;
  /** Shows anything else. */
  happened<Name extends Happening>(name: Name, told: ChannelClientEvents<unknown>[Name]): void;
  /** What became of an acknowledgement that was given by hand. */
  acked(eventId: string, sent: boolean): void;
  /** A remark of the command itself. */
  notice(text: string): void;
  /** The last line. */
  end(end: ListenEnd): void;
}
