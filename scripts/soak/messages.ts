import type { BotTotals } from "@holdfast/core/rtm";
import type { Scorecard } from "../../packages/cli/src/mod.ts";
import type { Breakage } from "./breakage.ts";
import type { StrayErrors } from "./stray-errors.ts";

/** What the server process is told. */
export interface ServerPlan {
  readonly teams: number;
  /** Messages a second over all teams. */
  readonly rate: number;
  readonly forMs: number;
  readonly seed: number;
}

/** What the bot process is told. */
export interface BotPlan {
  /** The global connection's address. */
  readonly url: string;
  /** How often memory is sampled, in milliseconds. */
  readonly sampleMs: number;
  /** When it ends by itself should nobody tell it to, in milliseconds. */
  readonly atMostMs: number;
  readonly breakage: Breakage | undefined;
}

/** One look at the bot's memory, right after a forced collection: what is left is live. */
export interface Sample {
  /** Since the bot was made, in milliseconds. */
  readonly atMs: number;
  /** Objects on the heap and the buffers that belong to them, without compiled code, in bytes. */
  readonly heap: number;
  /** What the system holds for the process, in bytes. */
  readonly rss: number;
  /** Teams that were connected. */
  readonly connected: number;
}

/** What the server process has to say at its end. */
export interface ServerReport {
  readonly card: Scorecard;
  /** How often each disturbance happened that the scorecard knows nothing of. */
  readonly disturbances: Readonly<Record<string, number>>;
  readonly errors: StrayErrors;
}

/** What the bot process has to say when its bot has closed. */
export interface BotReport {
  readonly reason: string;
  readonly totals: BotTotals;
  /** Messages and props that its listener was told of. */
  readonly heard: { readonly messages: number; readonly props: number };
  /** Losses and failed attempts, by kind of cause. */
  readonly causes: Readonly<Record<string, number>>;
  /** The `error` events, by code. */
  readonly told: Readonly<Record<string, number>>;
  readonly errors: StrayErrors;
  /** The longest time the loop was not free, collections included, in milliseconds. */
  readonly worstStallMs: number;
  /** The longest forced collection, in milliseconds. */
  readonly worstCollectionMs: number;
}

/** What the processes send to the one that started them. */
export type SoakMessage =
  | { readonly kind: "listening"; readonly url: string }
  | { readonly kind: "sample"; readonly sample: Sample }
  | { readonly kind: "closed"; readonly report: BotReport }
  | { readonly kind: "finished"; readonly report: ServerReport };

/** Sends one to the process that started this one. */
export function tell(message: SoakMessage): void {
  process.send?.(message);
}

/** The plan that this process was started with. */
export function planOf<Plan>(): Plan {
  return JSON.parse(process.argv[2] ?? "null") as Plan;
}
