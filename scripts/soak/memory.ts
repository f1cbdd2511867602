import type { Sample } from "./messages.ts";
import { risesOver, type Trend, trendOf } from "./trend.ts";

/** What becomes of one kind of memory in a run. */
export interface MemoryVerdict {
  readonly trend: Trend;
  /** Kibibytes a minute that the rise must not be above. */
  readonly boundKb: number;
  readonly passed: boolean;
}

/** Both kinds; `undefined` where a run is too short to tell. */
export interface MemoryReport {
  readonly warmUpMs: number;
  readonly heap: MemoryVerdict | undefined;
  readonly rss: MemoryVerdict | undefined;
}

/** A third of the run, and no more than a minute of it, is warm-up. */
const WARM_UP_SHARE = 1 / 3;
const MAX_WARM_UP_MS = 60_000;
/** With less than this after the warm-up there is no verdict, in seconds. */
const MIN_SECONDS = 10;
/** Samples count while this share of the teams is up: a crowd on its way back is another load. */
const UP_SHARE = 0.8;

/**
 * The bounds, in KiB a minute, for runs that observe less or more than two minutes after the warm-up. With 500 teams a
 * minute has some 54,000 messages and 450 reconnects: a heap of 256 means 5 bytes left behind by each message, which is
 * less than any object, or 600 by each reconnect, of the several thousand that a connection takes. RSS has sixteen
 * times that: it is what the system keeps for the process, code included, and moves in large steps. In a short run
 * caches still fill: it can find a coarse leak, such as 40 bytes for each message, and no finer one.
 */
const BOUNDS = {
  short: { heap: 2_048, rss: 32_768 },
  long: { heap: 256, rss: 4_096 },
} as const;
const LONG_SECONDS = 120;

/** Judges the memory of a run. */
export function judgeMemory(samples: readonly Sample[], teams: number, forMs: number): MemoryReport {
  const warmUpMs = Math.min(MAX_WARM_UP_MS, forMs * WARM_UP_SHARE);
  // What comes after the time is up is the coming to rest, without traffic.
  const counted = samples.filter(
    ({ atMs, connected }) => atMs >= warmUpMs && atMs <= forMs && connected >= teams * UP_SHARE,
  );
  const judge = (kind: "heap" | "rss"): MemoryVerdict | undefined => {
    const trend = trendOf(counted.map((sample) => ({ atMs: sample.atMs, value: sample[kind] / 1024 })));
    if (trend === undefined || trend.seconds < MIN_SECONDS) return undefined;
    const boundKb = BOUNDS[trend.seconds < LONG_SECONDS ? "short" : "long"][kind];
    return { trend, boundKb, passed: !risesOver(trend, boundKb) };
  };
  return { warmUpMs, heap: judge("heap"), rss: judge("rss") };
}
