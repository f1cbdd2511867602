import type { Random } from "@holdfast/core";
import type { TeamId } from "@holdfast/core/rtm";
import { FAULT_KINDS, type FaultKind } from "./fault-rates.ts";
import { percentile } from "./percentile.ts";

/** How long teams were without a socket, in milliseconds; `null` where there was no such time. */
export interface Times {
  /** How many times there were. */
  readonly count: number;
  /** Half of them took no longer. */
  readonly p50Ms: number | null;
  /** 99 of 100 took no longer. */
  readonly p99Ms: number | null;
  /** The longest. */
  readonly worstMs: number | null;
}

/** The times to reconnect, over all and by the fault that began them. */
export interface ReconnectTimes extends Times {
  /** Outages that were not over when it was asked. */
  readonly unfinished: number;
  /** Those that each fault began. */
  readonly byFault: Readonly<Partial<Record<FaultKind, Times>>>;
}

/** How many times are kept; of more, a fair sample is, and the worst. */
const MAX_SAMPLES = 100_000;

/**
 * The times from a fault to the team's next socket that lasts. An outage begins with the first fault and goes on
 * through refused dials and sockets that flap; it belongs to the fault that began it.
 */
export class Outages {
  readonly #open = new Map<TeamId, { readonly kind: FaultKind; readonly atMs: number }>();
  readonly #samples = new Map<FaultKind, { times: number[]; count: number; worst: number }>();
  readonly #random: Random;

  /** @param random Chooses which times are kept when there are too many. */
  constructor(random: Random) {
    this.#random = random;
  }

  /** A fault took the team's socket, or kept it from getting one. */
  begin(teamId: TeamId, kind: FaultKind, atMs: number): void {
    if (!this.#open.has(teamId)) this.#open.set(teamId, { kind, atMs });
  }

  /** The team has a socket that lasts. */
  end(teamId: TeamId, atMs: number): void {
    const outage = this.#open.get(teamId);
    if (outage === undefined) return;
    this.#open.delete(teamId);
    this.#add(outage.kind, atMs - outage.atMs);
  }

  /** The figures until now. */
  summary(): ReconnectTimes {
    const kinds = FAULT_KINDS.flatMap((kind) => {
      const sample = this.#samples.get(kind);
      return sample === undefined ? [] : [{ kind, ...sample }];
    });
    const all = kinds.flatMap(({ times }) => times);
    const count = kinds.reduce((sum, sample) => sum + sample.count, 0);
    const worst = Math.max(...kinds.map((sample) => sample.worst));
    return {
      ...timesOf(all, count, worst),
      unfinished: this.#open.size,
      byFault: Object.fromEntries(
        kinds.map((sample) => [sample.kind, timesOf(sample.times, sample.count, sample.worst)]),
      ),
    };
  }

  #add(kind: FaultKind, ms: number): void {
    const sample = this.#samples.get(kind) ?? { times: [], count: 0, worst: 0 };
    this.#samples.set(kind, sample);
    sample.count++;
    sample.worst = Math.max(sample.worst, ms);
    if (sample.times.length < MAX_SAMPLES) sample.times.push(ms);
    else {
      const place = Math.floor(this.#random() * sample.count);
      if (place < MAX_SAMPLES) sample.times[place] = ms;
    }
  }
}

function timesOf(times: readonly number[], count: number, worst: number): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const round = (ms: number | undefined): number | null =>
    ms === undefined ? null : Math.round(ms * 10) / 10;
  return {
    count,
    p50Ms: round(percentile(sorted, 0.5)),
    p99Ms: round(percentile(sorted, 0.99)),
    worstMs: count === 0 ? null : round(worst),
  };
}
