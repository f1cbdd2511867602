import type { TeamStats } from "@holdfast/core/rtm";
import type { Stalls } from "./stalls.ts";

/** What the bot process is told. */
export interface BotPlan {
  readonly url: string;
  readonly teams: number;
  /** Dials a second. */
  readonly rate: number;
  readonly concurrency: number;
}

/** One part of a run: until all are up, from the loss until all are back. */
export interface PartReport {
  readonly seconds: number;
  readonly stalls: Stalls;
  readonly dials: number;
  /** The most dials in any 100 ms. */
  readonly mostDials: number;
  /** Whether the global connection was there before any team's. */
  readonly globalFirst: boolean;
}

/** What the processes send to the one that started them. */
export type HerdMessage =
  | { readonly kind: "listening"; readonly address: string }
  | { readonly kind: "up"; readonly part: PartReport }
  | { readonly kind: "back"; readonly part: PartReport }
  | { readonly kind: "closed"; readonly reason: string; readonly stray: number }
  | { readonly kind: "claim"; readonly claim: readonly TeamStats[] };

/** Sends one to the process that started this one. */
export function tell(message: HerdMessage): void {
  process.send?.(message);
}
